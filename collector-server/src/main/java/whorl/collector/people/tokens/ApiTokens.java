package whorl.collector.people.tokens;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.http.auth.ApiTokenIdentification;
import whorl.collector.http.auth.ApiTokenText;
import whorl.collector.http.request.Access;
import whorl.collector.http.request.Grant;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Role;
import whorl.collector.limit.Client;
import whorl.collector.limit.Quota;
import whorl.collector.limit.Rates;
import whorl.collector.store.access.ApiToken;
import whorl.collector.store.access.ApiTokenLedger;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/**
 * The API tokens that people made. A token that was found is believed for two seconds, so a
 * revocation takes effect at once at the collector that is asked for it, and within two seconds at
 * the others. Unknown tokens of one network are looked for {@value #UNKNOWN_A_MINUTE} times a
 * minute; beyond that, only tokens that were valid a short time ago are. Thread-safe.
 */
public final class ApiTokens implements ApiTokenIdentification {
  /** The most tokens of one person. */
  public static final int MAX_PER_PERSON = 50;

  /** The most tokens of all people together. */
  public static final int MAX = 20_000;

  /** The tokens that one person makes in an hour: custody keeps for good who made which. */
  static final int MADE_AN_HOUR = 100;

  /** How often one network may come with an unknown token. */
  static final int UNKNOWN_A_MINUTE = 120;

  private static final Logger LOG = LoggerFactory.getLogger(ApiTokens.class);

  private final ApiTokenLedger ledger;
  private final Makers makers;
  private final TokenChanges changes;
  private final SecureRandom random;
  private final InstantSource clock;
  private final TokenCounters counters;
  private final SeenTokens seen;
  private final Quota unknown;
  private final Quota made;

  /**
   * @param clock the same for all collectors
   * @param nanos as {@link System#nanoTime}
   */
  public ApiTokens(
      ApiTokenLedger ledger,
      Makers makers,
      TokenChanges changes,
      SecureRandom random,
      InstantSource clock,
      LongSupplier nanos,
      TokenCounters counters) {
    this.ledger = ledger;
    this.makers = makers;
    this.changes = changes;
    this.random = random;
    this.clock = clock;
    this.counters = counters;
    this.seen = new SeenTokens(nanos);
    this.unknown = new Rates(UNKNOWN_A_MINUTE, Duration.ofMinutes(1), nanos);
    this.made = new Rates(MADE_AN_HOUR, Duration.ofHours(1), nanos);
  }

  /** A new token, and its text, which is shown once. */
  record Made(ApiToken token, ApiTokenText text) {}

  @Override
  public @Nullable Principal byToken(
      ApiTokenText token, Predicate<Principal> inFile, String remoteAddress) throws IOException {
    ApiToken found = find(token.digest(), remoteAddress);
    if (found == null) {
      return null;
    }
    Access access = access(found, inFile);
    Role highest = access.highest();
    if (highest == null) {
      counters.powerless.increment();
      LOG.info("API token {} gives nothing now: {}", found.id(), found.terms().maker().name());
      throw new ProblemException(
          403,
          "token gives nothing",
          "the person who made this token may do nothing of it any more; ask for access, or revoke"
              + " it");
    }
    return new Principal(highest, nameOf(found), null, access);
  }

  /** The person and the token, for custody and logs. */
  private static String nameOf(ApiToken token) {
    return Principal.nameWithToken(token.terms().maker().name(), token.id().value());
  }

  private @Nullable ApiToken find(Digest digest, String remoteAddress) throws IOException {
    SeenTokens.Seen known = seen.of(digest);
    if (known != null && known.isFresh()) {
      return known.token();
    }
    String network = Client.network(remoteAddress);
    if (known == null && !unknown.take(network, 1)) {
      counters.limited.increment();
      throw new ProblemException(
          429,
          "too many unknown tokens",
          "too many unknown API tokens came from your network; try again in a minute",
          Map.of("Retry-After", "60"));
    }
    counters.lookups.increment();
    ApiTokenLedger.Valid valid = ledger.valid(digest);
    if (valid == null) {
      seen.forget(digest);
      counters.unknown.increment();
      return null;
    }
    if (known == null) {
      unknown.take(network, -1);
    }
    if (seen.add(digest, valid)) {
      markUsed(valid.token());
    }
    return valid.token();
  }

  /** That a use is not written is no reason to refuse it. */
  private void markUsed(ApiToken token) {
    try {
      ledger.used(token.id());
    } catch (IOException e) {
      LOG.debug("the use of API token {} is not written", token.id(), e);
    }
  }

  /** What the maker may do now, as far as the token goes. */
  private Access access(ApiToken token, Predicate<Principal> inFile) {
    Role limit = Role.of(token.terms().role());
    return limit == null
        ? new Access(List.of())
        : accessOf(token.terms().maker(), inFile).within(new Grant(limit, token.terms().part()));
  }

  private Access accessOf(ApiToken.Maker maker, Predicate<Principal> inFile) {
    if (maker.fileRole() == null) {
      return makers.access().apply(maker.groups());
    }
    Role role = Role.of(maker.fileRole());
    return role != null && inFile.test(new Principal(role, maker.name()))
        ? Access.everywhere(role)
        : new Access(List.of());
  }

  /**
   * Makes a token.
   *
   * @throws ProblemException 409 if there are too many; 429 if the person made many lately
   */
  Made make(TokenOrder order, Principal principal, String remoteAddress) throws IOException {
    ApiToken.Maker maker = makers.of(principal);
    if (!made.take(maker.id(), 1)) {
      throw new ProblemException(
          429,
          "too many tokens",
          "you made more than " + MADE_AN_HOUR + " API tokens within an hour; use one for longer",
          Map.of("Retry-After", "600"));
    }
    ApiTokenText text = ApiTokenText.next(random);
    Id id = Id.next(clock);
    ApiToken.Terms terms =
        new ApiToken.Terms(order.name(), order.role().word(), order.part(), maker);
    ApiTokenLedger.Added added = ledger.add(id, text.digest(), terms, order.expires());
    if (added != ApiTokenLedger.Added.ADDED) {
      throw new ProblemException(
          409,
          "too many tokens",
          added == ApiTokenLedger.Added.TOO_MANY
              ? "there are " + MAX + " API tokens of all people; ask an admin to revoke some"
              : "you have "
                  + MAX_PER_PERSON
                  + " API tokens, and nobody may have more; revoke some");
    }
    ApiToken token = ledger.find(id);
    if (token == null) {
      throw new IOException("the new API token is not stored; try again");
    }
    try {
      changes.made(token, principal.name(), remoteAddress);
    } catch (IOException | RuntimeException e) {
      ledger.remove(id);
      throw e;
    }
    LOG.info("{} made API token {} from {}", principal.name(), id, remoteAddress);
    return new Made(token, text);
  }

  /** Lists tokens, the newest first: all of them for an admin of everything, else the own ones. */
  List<ApiToken> list(Principal principal, @Nullable String before, int limit) throws IOException {
    return ledger.list(isAdmin(principal) ? null : makers.of(principal).id(), before, limit);
  }

  /** True if this person made the token. */
  boolean isOwn(ApiToken token, Principal principal) {
    return token.terms().maker().id().equals(makers.of(principal).id());
  }

  /**
   * Revokes a token of the person's own, or any for an admin of everything.
   *
   * @return false if there is none
   */
  boolean revoke(Id id, Principal principal, String remoteAddress) throws IOException {
    ApiToken token = ledger.find(id);
    if (token == null || !(isOwn(token, principal) || isAdmin(principal))) {
      return false;
    }
    ledger.revoke(id); // first, because it must take effect also if custody cannot be written
    seen.forget(id);
    changes.revoked(token, principal.name(), remoteAddress);
    ledger.remove(id);
    LOG.info("{} revoked API token {} from {}", principal.name(), id, remoteAddress);
    return true;
  }

  /** Sets the groups of a person, for all tokens of that person: to be called at each login. */
  public void loggedIn(ApiToken.Maker maker) throws IOException {
    ledger.regrouped(maker);
    seen.forgetAllOf(maker.id());
  }

  /** Deletes tokens that ended some time ago; to be called now and then. */
  public void forget() throws IOException {
    ledger.forget();
  }

  private static boolean isAdmin(Principal principal) {
    return principal.access().scope(Role.ADMIN).isEverything();
  }
}
