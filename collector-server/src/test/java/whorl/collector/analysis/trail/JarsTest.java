package whorl.collector.analysis.trail;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import whorl.collector.analysis.stack.Library;

/** Libraries are named with the jars from the list of classes. */
class JarsTest {
  private static String described(String line) throws Exception {
    Jars jars = new Jars();
    String lines = "no line\n{\"name\":\"a.B\",\"codeSource\":7}\n" + line + "\n";
    jars.listed(
        Set.of("a.B", "org.yaml.snakeyaml.Yaml"),
        new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)));
    return jars.described(new Library.Use(Library.SNAKE_YAML, "org.yaml.snakeyaml.Yaml"));
  }

  @ParameterizedTest
  @CsvSource({
    "file:/app/lib/snakeyaml-1.26.jar, SnakeYAML 1.26 (snakeyaml-1.26.jar)",
    "jar:file:/app.jar!/BOOT-INF/lib/snakeyaml-1.26-android.jar!/, SnakeYAML 1.26-android (snakeyaml-1.26-android.jar)",
    "file:/app/shaded.jar, SnakeYAML (shaded.jar)",
    "file:/app/classes/, SnakeYAML",
  })
  void library_isNamedWithVersionAndJar(String source, String expected) throws Exception {
    assertThat(
            described("{\"name\":\"org.yaml.snakeyaml.Yaml\",\"codeSource\":\"" + source + "\"}"))
        .isEqualTo(expected);
  }

  @Test
  void damagedLine_leavesTheLibraryWithoutJar() throws Exception {
    assertThat(described("{\"name\":\"org.yaml.snakeyaml.Yaml\",\"codeSource\":\"file"))
        .isEqualTo("SnakeYAML");
  }
}
