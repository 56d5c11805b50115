package whorl.rules;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.rules.engine.RuleSet;
import whorl.rules.match.Rule;

/** Fuzzes Sigma rules: an error in a text is a problem that names it, and never fails a match. */
class RulesFuzzTest {
  private static final int PROBLEM_MAX_CHARS = 4_000;

  /** Made from the requested values, so that a pattern can be shown to match its own text. */
  private static final List<AgentEvent> EVENTS =
      List.of(
          Events.open("/etc/passwd"),
          Events.written("C:\\temp\\é 10.0.0.9"),
          Events.withStack(
              EventType.PROCESS_START,
              List.of("a.B.c", "d.E.f"),
              "command",
              List.of("sh", "-c", "aWQ= id"),
              "pid",
              7L));

  @FuzzTest
  void anyText_isRulesAndProblems(byte[] input) {
    RuleSet set = RuleSet.parse(new String(input, StandardCharsets.UTF_8), "fuzz.yml");
    assertThat(set.problems())
        .allSatisfy(
            problem -> {
              assertThat(problem).startsWith("fuzz.yml").doesNotContain("\n", "\r");
              assertThat(problem.length()).isLessThan(PROBLEM_MAX_CHARS);
            });
    match(set);
  }

  /** Fuzzes lines of a {@code file_event} selection. */
  @FuzzTest
  void anyDetection_matchesOrIsRefused(byte[] input) {
    String detection = new String(input, StandardCharsets.UTF_8);
    match(RuleSet.parse(Rules.yaml("a rule", "file_event", detection), "fuzz.yml"));
  }

  /** A literal value matches an event with that value, whatever it is. */
  @FuzzTest
  void literalValue_matchesItself(byte[] input) {
    String value = new String(input, StandardCharsets.UTF_8);
    if (value.isEmpty() || value.length() > 1_000) {
      return;
    }
    String sigma = value.replace("\\", "\\\\").replace("*", "\\*").replace("?", "\\?");
    String json = whorl.evidence.Json.text(sigma);
    RuleSet set =
        RuleSet.parse(
            Rules.yaml("a rule", "file_event", "s:\n  path|cased: " + json + "\ncondition: s"),
            "fuzz.yml");
    assertThat(set.problems()).isEmpty();
    assertThat(set.matching(Events.open(value))).hasSize(1);
    assertThat(set.matching(Events.open(value + "x"))).isEmpty();
  }

  private static void match(RuleSet set) {
    for (AgentEvent event : EVENTS) {
      assertThat(set.rules()).containsAll(set.matching(event));
    }
    for (Rule rule : set.rules()) {
      assertThat(rule.title()).isNotBlank();
      assertThat(rule.id()).isNotBlank();
    }
    assertThat(set.correlations()).doesNotContainNull();
  }
}
