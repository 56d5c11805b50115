package whorl.collector.http.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Role;

class SessionsTest {
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1);
  private final Sessions sessions = new Sessions(nanos::get, new SecureRandom());

  private static Principal person(int number) {
    return new Principal(Role.VIEWER, "viewer-" + number);
  }

  @Test
  void open_tooManyOfOneToken_endsItsOldest() {
    String other = sessions.open(person(2)).id();
    List<String> own = new ArrayList<>();
    for (int i = 0; i <= Sessions.MAX_PER_TOKEN; i++) {
      own.add(sessions.open(person(1)).id());
    }

    assertThat(sessions.use(own.get(0))).isNull();
    assertThat(sessions.use(own.get(1))).isNotNull();
    assertThat(sessions.use(other)).isNotNull();
  }

  @Test
  void open_tooMany_endsTheOneUnusedForLongest() {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < Sessions.MAX; i++) {
      all.add(sessions.open(person(i)).id());
    }
    assertThat(sessions.use(all.get(0))).isNotNull();

    sessions.open(person(Sessions.MAX));

    assertThat(sessions.size()).isEqualTo(Sessions.MAX);
    assertThat(sessions.use(all.get(0))).isNotNull();
    assertThat(sessions.use(all.get(1))).isNull();
  }

  @Test
  void size_countsNoEndedSessions_whenTheClockOverflows() {
    sessions.open(person(1));
    nanos.addAndGet(Sessions.IDLE.toNanos());

    assertThat(sessions.size()).isZero();
  }

  @Test
  void limit_remembersABoundedNumberOfAddresses() {
    LoginLimit limit = new LoginLimit(nanos::get);
    for (int i = 0; i < 20_000; i++) {
      limit.failed("2001:db8:0:" + Integer.toHexString(i) + "::1");
    }
    assertThat(limit.remembered()).isEqualTo(4_096);

    for (int i = 0; i < 10; i++) {
      limit.failed("192.0.2.1");
    }
    assertThatThrownBy(() -> limit.failed("192.0.2.1")).isInstanceOf(ProblemException.class);
    limit.failed("192.0.2.2");
  }

  @Test
  void limit_isSharedWithinAnIpv6Network() {
    LoginLimit limit = new LoginLimit(nanos::get);
    for (int i = 0; i < 10; i++) {
      limit.failed("2001:db8::" + i);
    }
    assertThatThrownBy(() -> limit.failed("2001:db8::a:b:c:d"))
        .isInstanceOf(ProblemException.class);
    limit.failed("2001:db8:0:1::1");
  }
}
