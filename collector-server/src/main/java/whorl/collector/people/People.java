package whorl.collector.people;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.http.auth.PeopleIdentification;
import whorl.collector.http.request.Access;
import whorl.collector.http.request.Person;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Role;
import whorl.collector.identity.keys.Refusal;
import whorl.collector.identity.keys.RefusedException;

/** Identifies the people of the identity provider, and says what they may do now. Thread-safe. */
final class People implements PeopleIdentification {
  private static final Logger LOG = LoggerFactory.getLogger(People.class);
  private static final int RETRY_SECONDS = 5;
  private static final int SHOWN_GROUPS = 20;

  private final String issuer;
  private final PersonTokens tokens;
  private final AccessFile access;
  private final PeopleCounters counters;

  People(String issuer, PersonTokens tokens, AccessFile access, PeopleCounters counters) {
    this.issuer = issuer;
    this.tokens = tokens;
    this.access = access;
    this.counters = counters;
  }

  @Override
  public boolean mayKnow(String token) {
    return tokens.isOfProvider(token);
  }

  @Override
  public Principal byToken(String token) {
    try {
      return principal(tokens.verify(token));
    } catch (RefusedException refused) {
      counters.refused(refused.refusal());
      LOG.debug("a token is refused: {}", refused.getMessage());
      if (refused.refusal() == Refusal.KEYS_AWAY) {
        throw new ProblemException(
            503,
            "keys not there",
            "this token cannot be verified now: " + refused.getMessage(),
            Map.of("Retry-After", Integer.toString(RETRY_SECONDS)));
      }
      throw new ProblemException(
          401,
          "unauthorized",
          "this token is refused: " + refused.getMessage(),
          Map.of("WWW-Authenticate", "Bearer realm=\"whorl\", error=\"invalid_token\""));
    }
  }

  @Override
  public @Nullable Principal byPerson(Person person) {
    return person.issuer().equals(issuer) ? principal(person) : null;
  }

  /**
   * What a person may do now.
   *
   * @throws ProblemException 403 if that is nothing
   */
  Principal principal(Person person) {
    Access granted = access.rules().of(person.groups());
    Role role = granted.highest();
    if (role == null) {
      counters.refused(Refusal.NO_ACCESS);
      throw new ProblemException(403, "no access", noAccess(person));
    }
    return new Principal(role, person.principalName(), null, granted, person);
  }

  private static String noAccess(Person person) {
    List<String> groups = person.groups();
    if (groups.isEmpty()) {
      return "you are "
          + person.displayName()
          + ", but the provider names no group of yours; ask who runs the provider to put your"
          + " groups into its tokens (serve --oidc-groups-claim)";
    }
    // Also a line of the log, where a line break of a group's name would make up another one.
    String shown =
        PersonClaims.printable(
            String.join(", ", groups.subList(0, Math.min(SHOWN_GROUPS, groups.size()))));
    return "you are "
        + person.displayName()
        + ", but none of your groups may do anything here: "
        + shown
        + (groups.size() > SHOWN_GROUPS ? " and others" : "")
        + "; ask who runs this collector to name one in its access file";
  }
}
