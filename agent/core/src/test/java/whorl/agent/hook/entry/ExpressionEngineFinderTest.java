package whorl.agent.hook.entry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What makes a thread act, by the names of its frames. */
class ExpressionEngineFinderTest {
  @Test
  void readersOfObjects_areKnown() {
    assertThat(ExpressionEngineFinder.wordFor("java.io.ObjectInputStream"))
        .isEqualTo("deserialization");
    assertThat(
            ExpressionEngineFinder.wordFor(
                "org.yaml.snakeyaml.constructor.Constructor$ConstructSequence"))
        .isEqualTo("deserialization");
  }

  @Test
  void otherCode_isNone() {
    assertThat(ExpressionEngineFinder.wordFor("org.yaml.snakeyaml.Yaml")).isNull();
    assertThat(ExpressionEngineFinder.wordFor("a.Shop")).isNull();
  }
}
