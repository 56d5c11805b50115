package whorl.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import org.junit.jupiter.api.Test;
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

  /** Without a limit it takes 250 MB of the application's memory. */
  @Test
  void textThatAliasesRepeat_isRefused() {
    String values = "[&a '" + "?x".repeat(2_000) + "'" + ", *a".repeat(9_000) + "]";

    RuleSet set = parsed("s:\n  path|contains: " + values + "\ncondition: s");

    assertThat(set.rules()).isEmpty();
    assertThat(set.problems()).hasSize(1).first().asString().contains("aliases");
  }

  /** Without a limit, it becomes millions of tests: 20 aliases of aliases. */
  @Test
  void numbersThatAliasesRepeat_areRefused() {
    String numbers = "&n [1" + ", 1".repeat(9_999) + "]";
    String map = "&m {path|gt: " + numbers + ", path|lt: *n, path|gte: *n, path|lte: *n}";
    String list = "&s [" + map + ", *m".repeat(8) + "]";

    RuleSet set = parsed("a: " + list + "\nb: *s\nc: *s\nd: *s\ncondition: 1 of them");

    assertThat(set.rules()).isEmpty();
    assertThat(set.problems()).hasSize(1).first().asString().contains("aliases");
  }

  @Test
  void conditionThatAliasesRepeat_isRefused() {
    String conditions = "[&c s" + " or s".repeat(1_600) + ", *c".repeat(1_000) + "]";

    RuleSet set = parsed("s:\n  path: a\ncondition: " + conditions);

    assertThat(set.rules()).isEmpty();
    assertThat(set.problems()).hasSize(1).first().asString().contains("aliases");
  }

  @Test
  void selectionsThatAConditionMeansAgainAndAgain_areRefused() {
    StringBuilder detection = new StringBuilder();
    for (int i = 0; i < 2_000; i++) {
      detection.append("s").append(i).append(": {path: a}\n");
    }

    RuleSet set = parsed(detection + "condition: 1 of s*" + " or 1 of s*".repeat(700));

    assertThat(set.rules()).isEmpty();
    assertThat(set.problems()).hasSize(1).first().asString().contains("'1 of them'");
  }

  @Test
  void largeSelectionThatAConditionRepeats_isRefused() {
    String detection = "s:\n" + "  - path: a\n".repeat(4_000) + "condition: s";

    assertThat(parsed(detection + " and s".repeat(10)).rules()).hasSize(1);
    RuleSet set = parsed(detection + " and s".repeat(1_300));

    assertThat(set.rules()).isEmpty();
    assertThat(set.problems()).hasSize(1).first().asString().contains("conditions repeat");
  }

  @Test
  void listThatSelectionsShare_isLoaded() {
    String values = "&list [" + "'/etc/passwd', ".repeat(2_000) + "'/etc/shadow']";

    RuleSet set =
        parsed(
            "one:\n  path: "
                + values
                + "\ntwo:\n  realPath: *list\nthree:\n  target: *list\ncondition: 1 of them");

    assertThat(set.problems()).isEmpty();
    assertThat(set.rules()).hasSize(1);
  }

  /** As a text, it would take gigabytes. */
  @Test
  void correlationWhoseAliasIsAList_isRefused() {
    String field = repeated("[" + "x".repeat(10_000) + "]");

    RuleSet set =
        RuleSet.parse(
            Rules.base("a", "file_event", "path: a")
                + Rules.correlation(
                    "type: event_count\nrules: [a]\ngroup-by: [path]\naliases: {path: {a: "
                        + field
                        + "}}\ntimespan: 1m\ncondition: {gte: 1}"),
            "hostile.yml");

    assertThat(set.rules()).hasSize(1);
    assertThat(set.correlations()).isEmpty();
    assertThat(set.problems()).anyMatch(line -> line.contains("is not a map of rules to fields"));
  }

  /** A list that contains the value 2^20 times, by the 20 aliases that a rule may have. */
  private static String repeated(String value) {
    String list = "&k0 " + value;
    for (int i = 1; i <= 20; i++) {
      list = "&k" + i + " [" + list + ", *k" + (i - 1) + "]";
    }
    return list;
  }

  /** Without a limit it takes minutes. */
  @Test
  void chainOfManyCorrelations_isRefusedQuickly() {
    StringBuilder yaml = new StringBuilder(Rules.base("c4900", "file_event", "path: a"));
    for (int i = 0; i < 4_900; i++) {
      yaml.append("title: t%s\nname: c%s\n".formatted(i, i))
          .append("correlation: {type: event_count, rules: [c%s], ".formatted(i + 1))
          .append("timespan: 1s, condition: {gte: 1}}\n---\n");
    }

    RuleSet set =
        assertTimeoutPreemptively(
            Duration.ofSeconds(30), () -> RuleSet.parse(yaml.toString(), "chain.yml"));

    assertThat(set.correlations()).isEmpty();
    assertThat(set.problems()).anyMatch(line -> line.contains("more than 256 correlations"));
  }

  private static RuleSet parsed(String detection) {
    return RuleSet.parse(Rules.yaml("a rule", "file_event", detection), "hostile.yml");
  }
}
