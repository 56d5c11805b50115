package whorl.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static whorl.rules.Events.open;
import static whorl.rules.Rules.fileRule;
import static whorl.rules.Rules.problem;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import whorl.event.EventType;
import whorl.rules.engine.RuleSet;
import whorl.rules.match.Rule;

/** Selections, keywords and conditions. */
class SigmaDetectionTest {
  private static final String SELECTIONS =
      """
      sel_a:
        path|contains: a
      sel_b:
        path|contains: b
      other:
        path|contains: c
      _hidden:
        path|contains: h
      """;

  /** An exception that is written and not used lets everything pass. */
  @ParameterizedTest
  @CsvSource({
    "sel_a, 'sel_b, other'",
    "sel_a and not 1 of sel_*, other",
    "not sel_b or other, sel_a",
  })
  void selection_thatTheConditionDoesNotUse_isAWarning(String condition, String unused) {
    RuleSet set =
        RuleSet.parse(
            "title: Prices\nlogsource: {product: jvm, category: file_event}\ndetection:\n"
                + SELECTIONS.indent(2)
                + "  condition: "
                + condition,
            "rule");

    assertThat(set.problems()).isEmpty();
    assertThat(set.warnings())
        .containsExactly(
            "rule 'Prices': its condition does not use " + unused + ", which has no effect");
  }

  @Test
  void builtInRules_useAllTheirSelections() {
    assertThat(RuleSet.load(List.of(), Set.of(), true).warnings()).isEmpty();
  }

  /** The path holds the letters of the selections that are true. */
  @ParameterizedTest
  @CsvSource({
    "sel_a and sel_b, ab, true",
    "sel_a and sel_b, a, false",
    "sel_a or sel_b, b, true",
    "sel_a or sel_b, c, false",
    "not sel_a, b, true",
    "not sel_a, a, false",
    "not not sel_a, a, true",
    // and binds more than or
    "sel_a or sel_b and other, a, true",
    "sel_a or sel_b and other, b, false",
    "sel_a and sel_b or other, c, true",
    "(sel_a or sel_b) and other, a, false",
    "(sel_a or sel_b) and other, ac, true",
    // not binds more than and
    "not sel_a and sel_b, b, true",
    "not sel_a and sel_b, ab, false",
    "not (sel_a and sel_b), a, true",
    "not (sel_a and sel_b), ab, false",
    // of binds more than not
    "not 1 of sel_*, c, true",
    "not 1 of sel_*, a, false",
    "1 of sel_* and other, ac, true",
    "1 of sel_* and other, a, false",
    "all of sel_*, ab, true",
    "all of sel_*, a, false",
    "any of sel_*, b, true",
    "1 of *_b, b, true",
    "1 of *_b, a, false",
    "1 of them, c, true",
    "1 of them, h, false",
    "all of them, abc, true",
    "all of them, ab, false",
    "1 of _*, h, true",
    "SEL_A AND x, q, refused",
    "sel_a AND NOT sel_b OR other, a, true",
    "((((sel_a)))), a, true",
  })
  void condition(String condition, String letters, String outcome) {
    String detection = SELECTIONS + "condition: " + condition;
    if (outcome.equals("refused")) {
      assertThat(problem("file_event", detection)).contains("which detection does not have");
    } else {
      assertThat(fileRule(detection).matches(open(letters)))
          .isEqualTo(Boolean.parseBoolean(outcome));
    }
  }

  @Test
  void condition_list_isOr() {
    Rule rule = fileRule(SELECTIONS + "condition: [sel_a, other]");

    assertThat(rule.matches(open("a"))).isTrue();
    assertThat(rule.matches(open("c"))).isTrue();
    assertThat(rule.matches(open("b"))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "sel_c, 'names ''sel_c'', which detection does not have; it has sel_a, sel_b, other, _hidden'",
    "1 of x*, 'condition''s ''1 of x*'' means no selection'",
    "2 of sel_*, 'only ''1 of'', ''any of'' and ''all of'' are supported, not ''2 of'''",
    "sel_a |count() > 3, aggregation",
    "sel_a and, the condition ends too early",
    "(sel_a, lacks a closing parenthesis",
    "sel_a), has ')' where it makes no sense (word 2)",
    "sel_a sel_b, has 'sel_b' where it makes no sense (word 2)",
    "and sel_a, has 'and' where it makes no sense (word 1)",
    "1 of, the condition ends too early",
    "1 of (sel_a), has '(' where it makes no sense",
    "sel_a & sel_b, a character it cannot have: '&'",
    "'', the condition ends too early",
  })
  void condition_refusedWithThePlace(String condition, String problem) {
    assertThat(problem("file_event", SELECTIONS + "condition: '" + condition + "'"))
        .contains(problem.replace("''", "'"));
  }

  @Test
  void condition_nestedTooDeep_isRefused() {
    String deep = "(".repeat(100) + "sel_a" + ")".repeat(100);

    assertThat(problem("file_event", SELECTIONS + "condition: " + deep)).contains("nested");
  }

  @Test
  void condition_missing_isRefused() {
    assertThat(problem("file_event", SELECTIONS)).contains("detection.condition is missing");
  }

  @Test
  void fieldsThatNoSingleEventHas_areRefused_becauseNothingEverMatches() {
    String both = "s:\n  access: read\n  target: x\ncondition: s";

    assertThat(problem("file_event", both)).contains("it can never match: no event has all");
    assertThat(fileRule("s:\n  access: read\nt:\n  target: x\ncondition: s or t").types())
        .isNotEmpty();
  }

  @Test
  void matchingTypes_areThoseThatTheConditionLeaves() {
    assertThat(fileRule("s:\n  target: x\ncondition: s").matchingTypes())
        .containsExactly(EventType.FILE_RENAME, EventType.FILE_LINK);
  }

  @Test
  void map_isAnd_listOfMapsIsOr() {
    Rule and = fileRule("s:\n  path|contains: a\n  access: read\ncondition: s");
    Rule or = fileRule("s:\n  - path|contains: a\n  - access: write\ncondition: s");

    assertThat(and.matches(open("a"))).isTrue();
    assertThat(and.matches(open("b"))).isFalse();
    assertThat(and.matches(Events.written("a"))).isFalse();
    assertThat(or.matches(open("a"))).isTrue();
    assertThat(or.matches(Events.written("b"))).isTrue();
    assertThat(or.matches(open("b"))).isFalse();
  }

  @Test
  void keywords_areFoundInAnyField() {
    Rule rule = fileRule("keywords:\n  - 'SHADOW'\n  - 'wri?e'\ncondition: keywords");

    assertThat(rule.matches(open("/etc/shadow"))).isTrue();
    assertThat(rule.matches(Events.written("/x"))).isTrue();
    assertThat(rule.matches(open("/x"))).isFalse();
  }

  @Test
  void keywords_all_mustAllBeFound() {
    Rule rule = fileRule("keywords:\n  '|all':\n    - 'etc'\n    - 'read'\ncondition: keywords");

    assertThat(rule.matches(open("/etc/x"))).isTrue();
    assertThat(rule.matches(open("/tmp/x"))).isFalse();
    assertThat(rule.matches(Events.written("/etc/x"))).isFalse();
  }

  @Test
  void keywords_mayBeRegularExpressions() {
    Rule rule = fileRule("keywords:\n  '|re': '^/etc/[a-z]+$'\ncondition: keywords");

    assertThat(rule.matches(open("/etc/passwd"))).isTrue();
    assertThat(rule.matches(open("/etc/ssl/x"))).isFalse();
  }

  @Test
  void keywords_doNotTakeTheStack() {
    var event = Events.onRequest(EventType.FILE_OPEN, null, "path", "/x");

    assertThat(fileRule("k: [junit]\ncondition: k").matches(event)).isFalse();
    assertThat(event.hasStack()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "s: [], the list is empty",
    "s: {}, the map is empty",
    "s: null, 'not a map, a list of maps, or keywords'",
    "s: [[a]], 'not a map, a list of maps, or keywords'",
    "timeframe: 5m, detection.timeframe is not supported",
  })
  void selection_withoutSense_isRefused(String selection, String problem) {
    assertThat(problem("file_event", selection + "\ncondition: s")).contains(problem);
  }
}
