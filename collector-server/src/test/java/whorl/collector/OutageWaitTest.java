package whorl.collector;

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

  private final Readiness readiness = new Readiness();
  private final List<AutoCloseable> closing = new ArrayList<>();
  private final AtomicInteger attempts = new AtomicInteger();
  private final AtomicInteger closed = new AtomicInteger();
  private final List<String> said = new ArrayList<>();

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
  void databaseThatIsAway_isWaitedFor_andReadyzSaysSo() throws Exception {
    String opened = wait(Duration.ofMinutes(1)).open(closing, this::thirdTime);

    assertThat(opened).isEqualTo("open");
    assertThat(said)
        .containsExactly(
            "recovering",
            "waiting: the database does not answer",
            "waiting: the database does not answer");
    assertThat(readiness.now().problems()).containsExactly("recovering");
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
    return new OutageWait(readiness, limit, PAUSE, System::nanoTime);
  }

  private String thirdTime(List<AutoCloseable> opened) throws IOException {
    said.addAll(readiness.now().problems());
    opened.add(closed::incrementAndGet);
    if (attempts.incrementAndGet() < 3) {
      throw new Away();
    }
    return "open";
  }
}
