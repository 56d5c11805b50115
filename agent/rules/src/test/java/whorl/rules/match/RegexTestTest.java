package whorl.rules.match;

import static org.assertj.core.api.Assertions.assertThat;
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
