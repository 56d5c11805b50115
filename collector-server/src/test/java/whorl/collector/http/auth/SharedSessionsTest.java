package whorl.collector.http.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import whorl.collector.store.access.SessionLedger;
import whorl.collector.store.database.Database;
import whorl.collector.testkit.CountingDatabase;
import whorl.collector.testkit.EachEngine;

class SharedSessionsTest extends EachEngine implements SessionsContract {
  private SharedSessions at(Database collector) {
    return new SharedSessions(
        new SessionLedger(collector, ledgerTime, SharedSessions.LIMITS), new SecureRandom());
  }

  @Override
  public Sessions sessions() {
    return at(one);
  }

  @Override
  public void pass(Duration passed) {
    time.pass(passed);
  }

  @Test
  void login_isValidEverywhere_andLogoutEndsItEverywhere() throws IOException {
    Sessions.Opened opened = at(one).open(SessionsContract.person(1));
    assertThat(at(other).use(opened.id())).isEqualTo(opened.session());

    at(other).end(opened.id());

    assertThat(at(one).use(opened.id())).isNull();
  }

  @Test
  void records_haveNeitherIdNorCsrfToken() throws IOException {
    Sessions.Opened opened = at(one).open(SessionsContract.person(1));

    List<String> stored =
        one.query(
            "SELECT digest, role, name FROM sessions",
            row -> row.getString(1) + " " + row.getString(2) + " " + row.getString(3));

    assertThat(stored)
        .singleElement()
        .asString()
        .endsWith(" viewer viewer-1")
        .doesNotContain(opened.id())
        .doesNotContain(opened.session().csrf());
  }

  @Test
  void open_tooMany_endsTheOneUnusedForLongest() throws IOException {
    SharedSessions sessions = at(one);
    List<String> all = new ArrayList<>();
    one.inTransaction(
        () -> {
          all.clear();
          for (int i = 0; i < Sessions.MAX; i++) {
            all.add(sessions.open(SessionsContract.person(i)).id());
            time.pass(Duration.ofMillis(1));
          }
          return null;
        });
    time.pass(Duration.ofMinutes(2));
    assertThat(sessions.use(all.get(0))).isNotNull();

    sessions.open(SessionsContract.person(Sessions.MAX));
    sessions.forget();

    assertThat(sessions.size()).isEqualTo(Sessions.MAX);
    assertThat(sessions.use(all.get(0))).isNotNull();
    assertThat(sessions.use(all.get(1))).isNull();
  }

  @Test
  void use_writesAtMostOnceAMinute() throws IOException {
    CountingDatabase counting = new CountingDatabase(one);
    SharedSessions sessions = at(counting);
    String id = sessions.open(SessionsContract.person(1)).id();
    int before = counting.statements();
    for (int i = 0; i < 59; i++) {
      time.pass(Duration.ofSeconds(1));
      assertThat(sessions.use(id)).isNotNull();
    }
    assertThat(counting.statements()).isEqualTo(before + 59);
    time.pass(Duration.ofSeconds(1));
    sessions.use(id);
    sessions.use(id);
    assertThat(counting.statements()).isEqualTo(before + 62);
  }
}
