package whorl.collector.timeline.read.rows;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DuplicatesTest {
  private static final long MILLI = 1_000_000;

  private final Duplicates duplicates = new Duplicates();

  @Test
  void eachEvent_matchesTheEarliestCloseAnnouncement() {
    for (int i = 0; i < 3; i++) {
      duplicates.announce(7, i * 10 * MILLI);
    }
    duplicates.observe(7, 12 * MILLI);
    duplicates.observe(7, MILLI);
    assertThat(duplicates.isDuplicate(0)).isTrue();
    assertThat(duplicates.isDuplicate(1)).isTrue();
    assertThat(duplicates.isDuplicate(2)).isFalse();
  }

  @Test
  void anotherKeyOrAFarTime_isNoDuplicate() {
    duplicates.announce(7, 0);
    duplicates.announce(8, 0);
    duplicates.observe(9, 0);
    duplicates.observe(8, 501 * MILLI);
    assertThat(duplicates.isDuplicate(0)).isFalse();
    assertThat(duplicates.isDuplicate(1)).isFalse();
  }

  @Test
  void key_dependsOnValues_andNotOnTheirOrder() {
    Duplicates.Key key = new Duplicates.Key();
    key.begin("type", "thread");
    key.add("a", "1");
    key.add("b", "2");
    long first = key.value();
    key.begin("type", "thread");
    key.add("b", "2");
    key.add("a", "1");
    assertThat(key.value()).isEqualTo(first);
    key.begin("type", "thread");
    key.add("a", "2");
    key.add("b", "1");
    assertThat(key.value()).isNotEqualTo(first);
  }

  /** A recording's masks are as long as the secrets, the ring's are not. */
  @ParameterizedTest
  @ValueSource(strings = {"tcp://127.0.0.1:***@8080", "tcp://127.0.0.1:*****@8080"})
  void hash_ignoresTheLengthOfMasks(String masked) {
    long plain = Duplicates.Key.hash("tcp://127.0.0.1:*@8080");

    assertThat(Duplicates.Key.hash(masked)).isEqualTo(plain);
    assertThat(Duplicates.Key.hash(masked.getBytes(StandardCharsets.UTF_8))).isEqualTo(plain);
    assertThat(Duplicates.Key.hash("tcp://127.0.0.1:@8080")).isNotEqualTo(plain);
  }
}
