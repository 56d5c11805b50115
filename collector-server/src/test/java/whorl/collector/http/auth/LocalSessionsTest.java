package whorl.collector.http.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LocalSessionsTest implements SessionsContract {
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1);
  private final LocalSessions sessions = new LocalSessions(nanos::get, new SecureRandom());

  @Override
  public Sessions sessions() {
    return sessions;
  }

  @Override
  public void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  @Test
  void open_tooMany_endsTheOneUnusedForLongest() throws IOException {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < Sessions.MAX; i++) {
      all.add(sessions.open(SessionsContract.person(i)).id());
    }
    assertThat(sessions.use(all.get(0))).isNotNull();

    sessions.open(SessionsContract.person(Sessions.MAX));

    assertThat(sessions.size()).isEqualTo(Sessions.MAX);
    assertThat(sessions.use(all.get(0))).isNotNull();
    assertThat(sessions.use(all.get(1))).isNull();
  }

  @Test
  void size_countsNoEndedSessions_whenTheClockOverflows() throws IOException {
    sessions.open(SessionsContract.person(1));
    nanos.addAndGet(Sessions.IDLE.toNanos());

    assertThat(sessions.size()).isZero();
  }
}
