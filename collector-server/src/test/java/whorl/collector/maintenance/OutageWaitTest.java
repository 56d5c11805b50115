package whorl.collector.maintenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import whorl.collector.store.outage.Outage;

class OutageWaitTest {
  private static final Duration PAUSE = Duration.ofMillis(1);

  private final List<String> waiting = new ArrayList<>();
  private final List<AutoCloseable> closing = new ArrayList<>();
  private final AtomicInteger attempts = new AtomicInteger();
  private final AtomicInteger closed = new AtomicInteger();

  private static final class Away extends IOException implements Outage {
    private static final long serialVersionUID = 1L;

    Away() {
      super("the database does not answer");
    }

    @Override
    public String unusable() {
      return "the database";
    }
  }

  @Test
  void databaseThatIsAway_isWaitedFor() throws Exception {
    String opened = wait(Duration.ofMinutes(1)).open(closing, this::thirdTime);

    assertThat(opened).isEqualTo("open");
    assertThat(waiting)
        .containsExactly(
            "the database does not answer", "the database does not answer", "it goes on");
    assertThat(closed).hasValue(2);
    assertThat(closing).hasSize(1);
  }

  @Test
  void otherFailure_endsTheStartAtOnce() {
    assertThatThrownBy(
            () ->
                wait(Duration.ofMinutes(1))
                    .open(
                        closing,
                        opened -> {
                          attempts.incrementAndGet();
                          throw new IOException("the password is wrong");
                        }))
        .hasMessage("the password is wrong");
    assertThat(attempts).hasValue(1);
  }

  @Test
  void databaseThatStaysAway_endsTheStartInTheEnd() {
    assertThatThrownBy(() -> wait(Duration.ZERO).open(closing, this::thirdTime))
        .hasMessage("the database does not answer");
    assertThat(closing).isEmpty();
    assertThat(closed).hasValue(1);
  }

  private OutageWait wait(Duration limit) {
    return new OutageWait(
        what -> waiting.add(what == null ? "it goes on" : what), limit, PAUSE, System::nanoTime);
  }

  private String thirdTime(List<AutoCloseable> opened) throws IOException {
    opened.add(closed::incrementAndGet);
    if (attempts.incrementAndGet() < 3) {
      throw new Away();
    }
    return "open";
  }
}
