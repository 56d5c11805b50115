package whorl.agent.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PaceTest {
  private long nowNanos;

  @Test
  void work_takesAsLongAsItsBytes() throws IOException {
    Pace pace = new Pace(1 << 20, () -> nowNanos, nanos -> nowNanos += nanos);
    for (int i = 0; i < 160; i++) {
      pace.worked(64 << 10);
      nowNanos += TimeUnit.MILLISECONDS.toNanos(1); // the work itself
    }

    assertThat(nowNanos / 1e9).isBetween(9.9, 10.2);
  }

  @Test
  void pauses_areNotMadeUpFor() throws IOException {
    Pace pace = new Pace(1 << 20, () -> nowNanos, nanos -> nowNanos += nanos);
    nowNanos = TimeUnit.HOURS.toNanos(1);
    long began = nowNanos;
    pace.worked(1 << 20);

    assertThat(nowNanos - began).isEqualTo(TimeUnit.SECONDS.toNanos(1));
  }

  @Test
  void interruption_staysSet() {
    Pace pace =
        new Pace(
            1,
            () -> 0L,
            nanos -> {
              throw new InterruptedException();
            });

    assertThatThrownBy(() -> pace.worked(9)).isInstanceOf(InterruptedIOException.class);
    assertThat(Thread.interrupted()).isTrue();
  }
}
