package whorl.collector.http.auth;

import java.io.IOException;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.Role;
import whorl.collector.store.access.SessionLedger;

/**
 * Sessions that all collectors share: a login at one is valid at each, and a logout at one ends the
 * session at all at once. They survive a restart.
 */
public final class SharedSessions implements Sessions {
  /** The limits of the ledger. */
  public static final SessionLedger.Limits LIMITS =
      new SessionLedger.Limits(MAX_AGE, IDLE, MAX, MAX_PER_TOKEN);

  private final SessionLedger ledger;
  private final SecureRandom random;
  private volatile int size;

  public SharedSessions(SessionLedger ledger, SecureRandom random) {
    this.ledger = ledger;
    this.random = random;
  }

  @Override
  public Opened open(Principal principal) throws IOException {
    SessionId id = SessionId.next(random);
    ledger.open(id.digest(), new SessionLedger.User(principal.role().word(), principal.name()));
    return new Opened(id.value(), new Session(principal, id.csrf()));
  }

  @Override
  public @Nullable Session use(String value) throws IOException {
    SessionId id = new SessionId(value);
    SessionLedger.User user = id.isPossible() ? ledger.use(id.digest()) : null;
    Role role = user == null ? null : Role.of(user.role());
    return user == null || role == null
        ? null
        : new Session(new Principal(role, user.name()), id.csrf());
  }

  @Override
  public void end(String id) throws IOException {
    ledger.end(new SessionId(id).digest());
  }

  /** Returns the number of open sessions at the last {@link #forget}. */
  @Override
  public int size() {
    return size;
  }

  /** Deletes the sessions that have ended, and counts the others; to be called now and then. */
  public void forget() throws IOException {
    ledger.forget();
    size = ledger.size();
  }
}
