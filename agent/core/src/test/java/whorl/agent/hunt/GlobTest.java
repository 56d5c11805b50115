package whorl.agent.hunt;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobTest {
  @ParameterizedTest
  @CsvSource({
    "a.b.C, a.b.C, true",
    "a.b.C, a.b.CC, false",
    "a.*, a.b.C, true",
    "*.C, a.b.C, true",
    "*, '', true",
    "a?c, abc, true",
    "a?c, ac, false",
    "a*b*c, aXbYbZc, true",
    "a*b*c, aXbYbZd, false",
    "a**, a, true",
    "'', a, false",
    "A.*, a.b, false"
  })
  void matches(String pattern, String text, boolean matches) {
    assertThat(new Glob(pattern).matches(text)).isEqualTo(matches);
  }

  @Test
  void patternThatBacktracks_staysFast() {
    Glob glob = new Glob("*a".repeat(250) + "b");
    String text = "a".repeat(2_000);

    Assertions.assertTimeout(Duration.ofSeconds(5), () -> assertThat(glob.matches(text)).isFalse());
  }
}
