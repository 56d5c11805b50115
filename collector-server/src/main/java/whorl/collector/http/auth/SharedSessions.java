package whorl.collector.http.auth;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.Access;
import whorl.collector.http.request.Person;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.Role;
import whorl.collector.store.access.SessionLedger;
import whorl.evidence.Json;

/**
 * Sessions that all collectors share: a login at one is valid at each, and a logout at one ends the
 * session at all at once. They survive a restart.
 */
public final class SharedSessions implements Sessions {
  /** The limits of the ledger. */
  public static final SessionLedger.Limits LIMITS =
      new SessionLedger.Limits(MAX_AGE, IDLE, MAX, MAX_PER_TOKEN);

  /** Until it is asked anew what the person may do. */
  private static final Access NO_ACCESS = new Access(List.of());

  private final SessionLedger ledger;
  private final SecureRandom random;
  private volatile int size;

  public SharedSessions(SessionLedger ledger, SecureRandom random) {
    this.ledger = ledger;
    this.random = random;
  }

  @Override
  public Opened open(Principal principal, @Nullable String providerSession) throws IOException {
    SessionId id = SessionId.next(random);
    Person person = principal.person();
    SessionLedger.Provided provided =
        person == null
            ? null
            : new SessionLedger.Provided(
                Json.text(person),
                qualified(person.issuer(), person.subject()),
                providerSession == null ? null : qualified(person.issuer(), providerSession));
    ledger.open(
        id.digest(), new SessionLedger.User(principal.role().word(), principal.name(), provided));
    return new Opened(id.value(), new Session(principal, id.csrf()));
  }

  @Override
  public @Nullable Session use(String value) throws IOException {
    SessionId id = new SessionId(value);
    SessionLedger.User user = id.isPossible() ? ledger.use(id.digest()) : null;
    Role role = user == null ? null : Role.of(user.role());
    if (user == null || role == null) {
      return null;
    }
    SessionLedger.Provided provided = user.provided();
    Principal principal =
        provided == null
            ? new Principal(role, user.name())
            : new Principal(
                role,
                user.name(),
                null,
                NO_ACCESS,
                Json.LENIENT.readValue(provided.person(), Person.class));
    return new Session(principal, id.csrf());
  }

  @Override
  public int endOf(String issuer, @Nullable String subject, @Nullable String providerSession)
      throws IOException {
    return ledger.endOf(
        subject == null ? null : qualified(issuer, subject),
        providerSession == null ? null : qualified(issuer, providerSession));
  }

  private static String qualified(String issuer, String name) {
    return issuer + " " + name;
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
