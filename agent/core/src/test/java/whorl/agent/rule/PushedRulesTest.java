package whorl.agent.rule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import whorl.evidence.channel.AgentMessage.RuleSetState;
import whorl.evidence.channel.AgentMessage.RulesLoaded;
import whorl.evidence.channel.CollectorMessage.RuleSetVersion;
import whorl.evidence.channel.CollectorMessage.RuleText;
import whorl.evidence.channel.CollectorMessage.RulesWanted;
import whorl.rules.engine.RuleSet;
import whorl.rules.match.Rule;

class PushedRulesTest {
  private final List<RuleSet> activated = new ArrayList<>();
  private final List<RulesLoaded> reported = new ArrayList<>();
  private final PushedRules pushed =
      new PushedRules(
          texts -> RuleSet.load(List.of(), Set.of(), false, texts), activated::add, reported::add);

  static String rule(String title) {
    return "title: "
        + title
        + "\nlogsource: {product: jvm, category: file_event}\n"
        + "detection: {s: {path: /x}, condition: s}\n";
  }

  private void want(Object... namesAndVersions) {
    List<RuleSetVersion> sets = new ArrayList<>();
    for (int i = 0; i < namesAndVersions.length; i += 2) {
      sets.add(new RuleSetVersion((String) namesAndVersions[i], (int) namesAndVersions[i + 1]));
    }
    pushed.handle(new RulesWanted(sets));
  }

  private void text(String name, int version, String yaml) {
    pushed.handle(new RuleText(name, version, yaml));
  }

  private RuleSetState state(String name) {
    return reported.get(reported.size() - 1).sets().stream()
        .filter(set -> set.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private List<String> titles() {
    return activated.get(activated.size() - 1).rules().stream().map(Rule::title).toList();
  }

  @Test
  void text_wanted_isActivatedAndReported() {
    want("a", 1, "b", 4);
    text("a", 1, rule("one") + "---\n" + rule("two"));
    text("b", 4, rule("three"));

    assertThat(titles()).containsExactly("one", "two", "three");
    assertThat(state("a")).isEqualTo(new RuleSetState("a", 1, 1, 2, List.of()));
    assertThat(state("b")).isEqualTo(new RuleSetState("b", 4, 4, 1, List.of()));
  }

  @Test
  void text_partlyRefused_isActivatedWithItsProblems() {
    want("a", 1);
    text("a", 1, rule("one") + "---\ntitle: broken\n");

    assertThat(titles()).containsExactly("one");
    assertThat(state("a").rules()).isEqualTo(1);
    assertThat(state("a").problems()).hasSize(1);
    assertThat(state("a").problems().get(0)).contains("'broken'").contains("logsource");
  }

  @Test
  void text_broken_keepsThePreviousVersionActive() {
    want("a", 1);
    text("a", 1, rule("one"));
    want("a", 2);
    text("a", 2, "title: [x");

    assertThat(activated).hasSize(1);
    assertThat(state("a").wanted()).isEqualTo(2);
    assertThat(state("a").version()).isEqualTo(1);
    assertThat(state("a").rules()).isEqualTo(1);
    assertThat(state("a").problems().get(0)).contains("not YAML");

    want("a", 3);
    text("a", 3, rule("new"));
    assertThat(titles()).containsExactly("new");
    assertThat(state("a")).isEqualTo(new RuleSetState("a", 3, 3, 1, List.of()));
  }

  @Test
  void text_empty_isRefused() {
    want("a", 1);
    text("a", 1, "# nothing\n");

    assertThat(activated).isEmpty();
    assertThat(state("a").version()).isZero();
    assertThat(state("a").problems()).containsExactly("there is no rule in it");
  }

  @Test
  void set_noLongerWanted_isDeactivated() {
    want("a", 1, "b", 1);
    text("a", 1, rule("one"));
    text("b", 1, rule("two"));
    want("b", 1);

    assertThat(titles()).containsExactly("two");
    assertThat(reported.get(reported.size() - 1).sets())
        .extracting(RuleSetState::name)
        .containsExactly("b");
  }

  @Test
  void text_notWantedOrOld_isIgnored() {
    want("a", 2);
    text("a", 1, rule("old"));
    text("z", 1, rule("stray"));

    assertThat(activated).isEmpty();
  }

  @Test
  void text_repeated_isReportedButNotCompiledAgain() {
    want("a", 1);
    text("a", 1, rule("one"));
    int before = reported.size();
    want("a", 1);
    text("a", 1, rule("one"));

    assertThat(activated).hasSize(1);
    assertThat(reported).hasSizeGreaterThan(before);
  }

  @Test
  void text_beyondTheTotalLimit_isRefused() {
    String long1 = rule("one") + "#" + "x".repeat(900_000);
    want("a", 1, "b", 1, "c", 1);
    text("a", 1, long1);
    text("b", 1, long1.replace("one", "two"));
    text("c", 1, long1.replace("one", "three"));

    assertThat(titles()).containsExactly("one", "two");
    assertThat(state("c").problems().get(0)).contains("characters");
  }
}
