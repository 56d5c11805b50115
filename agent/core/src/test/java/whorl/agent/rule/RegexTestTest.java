package whorl.agent.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static whorl.agent.rule.Events.open;
import static whorl.agent.rule.Rules.line;

import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

class RegexTestTest {

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
}
