package whorl.collector.wiring;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.config.PeopleLogin;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.http.auth.PageAccess;
import whorl.collector.http.request.Person;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.Route;
import whorl.collector.http.server.Metrics;
import whorl.collector.maintenance.Reload;
import whorl.collector.people.PeopleCounters;
import whorl.collector.people.PeopleLogins;
import whorl.collector.people.ProviderRoute;
import whorl.collector.people.tokens.ApiTokens;
import whorl.collector.people.tokens.Makers;
import whorl.collector.people.tokens.TokenCounters;
import whorl.collector.people.tokens.TokenCustody;
import whorl.collector.store.access.ApiToken;
import whorl.collector.store.access.ApiTokenLedger;
import whorl.collector.wiring.base.Foundation;
import whorl.collector.wiring.base.LimitWiring;

/**
 * Who people are, and what they may do.
 *
 * @param access how they log in
 * @param logins of people whom the identity provider names; null if there is none
 */
public record PeopleWiring(PageAccess access, @Nullable PeopleLogins logins, List<Route> routes) {
  private static final Duration LOOK_EVERY = Duration.ofMillis(250);

  public static PeopleWiring open(Foundation base, LimitWiring limits) throws IOException {
    PeopleCounters counters = new PeopleCounters();
    PeopleLogin login = base.config().people();
    if (login == null) {
      register(base.metrics(), counters, null);
      return new PeopleWiring(limits.access(), null, ProviderRoute.none());
    }
    PeopleLogins people =
        PeopleLogins.open(
            login,
            base.config().tls() != null,
            limits.access(),
            limits.usedOnce(),
            base.clock(),
            System::nanoTime,
            counters);
    register(base.metrics(), counters, people);
    base.every("oidc-provider", LOOK_EVERY, people::readIfDue);
    base.closeFirst(new Reload().with("access rules", people::reload).start());
    base.readiness().addOptional(people::providerProblem);
    base.readiness().addOptional(people::accessProblem);
    return new PeopleWiring(limits.access().with(people.identification()), people, people.routes());
  }

  /** The people who make API tokens: who they are, and what they may do. */
  private Makers makers() {
    PeopleLogins people = logins;
    return people == null ? Makers.OF_FILE : new Makers(PeopleWiring::makerOf, people::accessOf);
  }

  /**
   * Creates the API tokens that people make. From now on, they follow the groups that each login of
   * their makers says.
   */
  public ApiTokens apiTokens(Foundation base, CustodyLog custody) {
    TokenCounters counters = new TokenCounters();
    ApiTokens tokens =
        new ApiTokens(
            new ApiTokenLedger(
                base.database(), base.ledgerTime(), ApiTokens.MAX_PER_PERSON, ApiTokens.MAX),
            makers(),
            new TokenCustody(custody),
            new SecureRandom(),
            base.clock(),
            System::nanoTime,
            counters);
    base.every("api-tokens", Duration.ofHours(1), tokens::forget);
    Metrics metrics = base.metrics();
    metrics.counter(
        "whorl_api_token_lookups_total",
        "API tokens that were looked for in the database.",
        counters::lookups);
    metrics.counter(
        "whorl_api_token_unknown_total",
        "Requests with API tokens that are unknown, expired or revoked.",
        counters::unknown);
    metrics.counter(
        "whorl_api_token_powerless_total",
        "Requests with API tokens whose makers may do nothing of it any more.",
        counters::powerless);
    metrics.counter(
        "whorl_api_token_limited_total",
        "Requests with API tokens that were refused without a look, after too many unknown ones.",
        counters::limited);
    if (logins != null) {
      logins.setListener(person -> tokens.loggedIn(maker(person)));
    }
    return tokens;
  }

  private static ApiToken.@Nullable Maker makerOf(Principal principal) {
    Person person = principal.person();
    return person == null ? null : maker(person);
  }

  private static ApiToken.Maker maker(Person person) {
    return new ApiToken.Maker(
        "person " + person.subject() + " of " + person.issuer(),
        person.principalName(),
        null,
        Set.copyOf(person.groups()));
  }

  private static void register(
      Metrics metrics, PeopleCounters counters, @Nullable PeopleLogins people) {
    metrics.counters(
        "whorl_login_total",
        "Logins with the identity provider, by how they ended.",
        "result",
        counters::logins);
    metrics.counters(
        "whorl_person_token_refused_total",
        "Tokens of people that were refused.",
        "reason",
        counters::refused);
    metrics.counter(
        "whorl_person_tokens_verified_total",
        "Tokens of people whose signature was verified.",
        counters::verified);
    metrics.counter(
        "whorl_oidc_provider_reads_total",
        "Endpoints and keys of the identity provider that were read.",
        counters::keyReads);
    metrics.counter(
        "whorl_oidc_provider_failures_total",
        "Endpoints and keys of the identity provider that could not be read.",
        counters::keyFailures);
    metrics.counter(
        "whorl_sessions_ended_by_provider_total",
        "Sessions that ended because the identity provider said so.",
        counters::sessionsEnded);
    metrics.counter(
        "whorl_access_file_failures_total",
        "Attempts to read a new version of the access file that failed.",
        counters::accessFailures);
    metrics.gauge(
        "whorl_access_groups",
        "Groups that the access file names.",
        () -> people == null ? 0 : people.groups());
  }
}
