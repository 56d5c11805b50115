package whorl.collector.audit;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.http.auth.LoginRecord;
import whorl.collector.http.request.Principal;

/**
 * Records in custody who logged in at the page, and from where. The same person from the same
 * address is recorded again after ten minutes only, so that repeated logins do not fill the log.
 * Failed logins are not recorded, because anybody can make them; the collector's log has them.
 * Thread-safe.
 */
public final class LoginCustody implements LoginRecord {
  private static final Logger LOG = LoggerFactory.getLogger(LoginCustody.class);
  private static final Duration SAME = Duration.ofMinutes(10);
  private static final int REMEMBERED_MAX = 10_000;

  private final CustodyLog custody;
  private final InstantSource clock;
  private final Map<Login, Instant> recent = new LinkedHashMap<>();

  private record Login(String name, String from) {}

  public LoginCustody(CustodyLog custody, InstantSource clock) {
    this.custody = custody;
    this.clock = clock;
  }

  @Override
  public void loggedIn(Principal who, String remoteAddress) {
    Login login = new Login(who.name(), remoteAddress);
    if (!begin(login)) {
      return;
    }
    try {
      custody.append(
          CustodyAction.LOGGED_IN,
          null,
          "token " + who.name(),
          Map.of(
              "role",
              who.role().word(),
              "with",
              who.person() == null ? "token" : "identity provider",
              "from",
              remoteAddress));
    } catch (IOException e) {
      // without custody nobody can read evidence, but people must log in to repair it
      LOG.warn("the login of {} is not in custody", who.name(), e);
      synchronized (recent) {
        recent.remove(login);
      }
    }
  }

  /** False if the same login was recorded recently. */
  private boolean begin(Login login) {
    Instant now = clock.instant();
    synchronized (recent) {
      Instant last = recent.get(login);
      if (last != null && now.isBefore(last.plus(SAME))) {
        return false;
      }
      recent.remove(login); // so that it becomes the newest
      recent.put(login, now);
      if (recent.size() > REMEMBERED_MAX) {
        recent.remove(recent.keySet().iterator().next());
      }
      return true;
    }
  }
}
