package whorl.rules;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import whorl.rules.engine.RuleSet;

/** Rules that are written to harm the agent that loads them. */
class HostileRulesTest {
  @ParameterizedTest
  @ValueSource(ints = {1_000, 20_000, 400_000})
  void listsWithinLists_areRefused(int depth) {
    String lists = "[".repeat(depth) + "]".repeat(depth);

    for (String detection :
        new String[] {
          "s:\n  path: " + lists + "\ncondition: s", "s: " + lists + "\ncondition: s", lists
        }) {
      RuleSet set = RuleSet.parse(Rules.yaml("a rule", "file_event", detection), "deep.yml");

      assertThat(set.rules()).isEmpty();
      assertThat(set.problems()).hasSize(1).first().asString().startsWith("deep.yml: ");
    }
  }
}
