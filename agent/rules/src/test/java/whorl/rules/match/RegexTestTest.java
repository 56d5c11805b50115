package whorl.rules.match;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static whorl.rules.Events.open;
import static whorl.rules.Rules.line;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegexTestTest {
  private static final List<String> TEXTS =
      List.of(
          "", "/tmp/x", "x/tmp", "a\n/run", "/run", "x/run", "^/run", "file:/tmp/a.jar", "|/run");

  @Test
  void catastrophicBacktracking_isGivenUpAndCounted() {
    Rule rule = line("path|re: '^a*a*a*a*a*$'");
    String hostile = "a".repeat(200) + "!";

    boolean matches =
        Assertions.assertTimeoutPreemptively(
            Duration.ofSeconds(5), () -> rule.matches(open(hostile)));

    assertThat(matches).isFalse();
    assertThat(rule.regexGivenUp()).isOne();
    assertThat(rule.matches(open("aaaa"))).isTrue();
    assertThat(rule.regexGivenUp()).isOne();
  }

  @Test
  void deepRecursion_isGivenUpAndCounted() throws InterruptedException {
    Rule rule = line("path|re: '^(?:a|b)*c$'");
    boolean[] matches = {true};
    Thread small =
        new Thread(null, () -> matches[0] = rule.matches(open("ab".repeat(4_000))), "small", 1);
    small.start();
    small.join();

    assertThat(matches[0]).isFalse();
    assertThat(rule.regexGivenUp()).isOne();
  }

  /** Reading is counted; these do their work without it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "^{2000000000}",
        "(?:^{40000}){40000}",
        "(?:a?){2000000000}b",
        "EMPTYx",
        "(EMPTY)(?!)",
        "(?=EMPTYx)",
        "(a?|b*)(a?|b*)(a?|b*)(a?|b*)(a?|b*)(a?|b*)(a?|b*)(a?|b*)(a?|b*)x",
        "[]]EMPTYx]",
        "[^[]]a]EMPTYx",
        "\\c\\EMPTYx",
        "\\Q[\\EEMPTYx",
        "(x?)\\1{2000000000}y",
        "(?x)^ #{1}\n {2000000000}"
      })
  void workWithoutReading_isRefused(String expression) {
    String whole = expression.replace("EMPTY", "(|)".repeat(40));

    assertThatThrownBy(() -> new RegexTest(whole, 0, new LongAdder()))
        .isInstanceOf(RuleRefused.class)
        .hasMessageStartingWith("a regular expression that may take too long: ");
  }

  @Test
  void deepGroups_areRefused() {
    String deep = "(".repeat(100_000) + "a" + ")".repeat(100_000);

    assertThatThrownBy(() -> new RegexTest(deep, 0, new LongAdder()))
        .isInstanceOf(RuleRefused.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "^(.*)?(.*)?(.*)?(.*)?x$",
        "[A-Za-z0-9+/=]{2000,}",
        "^.{1000}$",
        "[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}",
        "(a{1,100}b{1,100}){100}",
        "(?i:^\\s*+(?<name>[\\p{L}&&[^a]]\\x{41}|\\Q(\\E)+?)\\k<name>$",
        "(?s)\\b(?!a|b)(?<=c)(?<!d)x"
      })
  void ordinaryExpressions_areTaken(String expression) throws RuleRefused {
    assertThat(new RegexTest(expression, 0, new LongAdder()).test("!")).isFalse();
  }

  /** An attacker who pads a request must not exhaust the search before it comes to the payload. */
  @Test
  void paddedText_isSearchedToItsEnd() {
    Rule rule = line("path|re: '(^|&)(cmd|exec|command|c|pass|pwd|shell|execute)=whoami'");
    String padded = "&".repeat(RegexTest.MAX_CHARS - 11) + "&cmd=whoami";

    assertThat(rule.matches(open(padded))).isTrue();
    assertThat(rule.regexGivenUp()).isZero();
  }

  @Test
  void text_beyondEightKibibytes_isNotSearched() {
    Rule rule = line("path|re: 'needle'");

    assertThat(rule.matches(open("x".repeat(RegexTest.MAX_CHARS - 6) + "needle"))).isTrue();
    assertThat(rule.matches(open("x".repeat(RegexTest.MAX_CHARS - 5) + "needle"))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "^(jar:)?(file:|nested:)?/+(tmp|run)/.*",
        "^/tmp|/run",
        "^*/tmp",
        "^?/tmp",
        "^",
        "^^/tmp",
        "(?m)^/run",
        "^(?:/tmp|/run)$",
        "^[^^|]/run",
        "^\\Q/tmp\\E|/run",
        "^/(?=run)",
        "/run"
      })
  void search_findsTheSameAsAPlainSearch(String expression) throws RuleRefused {
    RegexTest test = new RegexTest(expression, 0, new LongAdder());
    RegexTest inLines = new RegexTest(expression, Pattern.MULTILINE, new LongAdder());
    for (String text : TEXTS) {
      assertThat(test.test(text))
          .as(text)
          .isEqualTo(Pattern.compile(expression).matcher(text).find());
      assertThat(inLines.test(text))
          .as(text)
          .isEqualTo(Pattern.compile(expression, Pattern.MULTILINE).matcher(text).find());
    }
  }

  @Test
  void repeatedTexts_amongOthers_haveTheirOwnResult() throws RuleRefused {
    RegexTest test = new RegexTest("^/(tmp|run)/", 0, new LongAdder());

    assertThat(test.test("/tmp/a")).isTrue();
    assertThat(test.test("/tmp/a")).isTrue();
    assertThat(test.test("/etc/a")).isFalse();
    assertThat(test.test("/etc/a")).isFalse();
    assertThat(test.test("/tmp/a")).isTrue();
  }
}
