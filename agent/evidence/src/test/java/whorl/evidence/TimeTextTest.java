package whorl.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimeTextTest {
  @Test
  void text_equalsInstantToString() {
    Random random = new Random(1);
    long[] seconds = {
      -62_167_219_200L, -1, 0, 951_782_400, 1_709_164_799, 253_402_300_799L, 1_700_000_000
    };
    int[] nanos = {0, 1, 1_000, 1_000_000, 120_000_000, 123_400_000, 999_999_999, 5_000_001};
    for (long second : seconds) {
      for (int nano : nanos) {
        assertText(Instant.ofEpochSecond(second, nano));
      }
    }
    for (int i = 0; i < 10_000; i++) {
      assertText(Instant.ofEpochSecond(random.nextInt() * 20L, random.nextInt(1_000_000_000)));
    }
  }

  @Test
  void yearWithoutFourDigits_isNotWritten() {
    char[] text = new char[TimeText.MAX_CHARS];

    assertThat(TimeText.write(Instant.parse("+10000-01-01T00:00:00Z"), text)).isZero();
    assertThat(TimeText.write(Instant.parse("-0001-12-31T23:59:59Z"), text)).isZero();
    assertThat(Json.text(Instant.MAX)).isEqualTo("\"" + Instant.MAX + "\"");
    assertThat(Json.text(Instant.MIN)).isEqualTo("\"" + Instant.MIN + "\"");
  }

  private static void assertText(Instant time) {
    char[] text = new char[TimeText.MAX_CHARS];
    int length = TimeText.write(time, text);

    assertThat(new String(text, 0, length)).isEqualTo(time.toString());
  }
}
