package whorl.collector.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import whorl.collector.maintenance.RepeatedFailures.Entry;

class RepeatedFailuresTest {
  private final RepeatedFailures failures = new RepeatedFailures();

  @Test
  void failuresInARow_areLoggedOnceAMinute() {
    assertThat(failures.failed(seconds(0))).isEqualTo(Entry.WITH_TRACE);
    assertThat(failures.failed(seconds(1))).isEqualTo(Entry.NOTHING);
    assertThat(failures.failed(seconds(59))).isEqualTo(Entry.NOTHING);
    assertThat(failures.failed(seconds(60))).isEqualTo(Entry.IN_ONE_LINE);
    assertThat(failures.failed(seconds(61))).isEqualTo(Entry.NOTHING);
    assertThat(failures.inARow()).isEqualTo(5);
  }

  @Test
  void failureAfterASuccess_isLoggedWithItsTrace() {
    failures.failed(seconds(0));
    failures.failed(seconds(1));

    assertThat(failures.worked()).isEqualTo(2);
    assertThat(failures.worked()).isZero();
    assertThat(failures.failed(seconds(2))).isEqualTo(Entry.WITH_TRACE);
  }

  private static long seconds(int seconds) {
    return Duration.ofSeconds(seconds).toNanos();
  }
}
