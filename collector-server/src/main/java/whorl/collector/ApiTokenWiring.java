package whorl.collector;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.http.server.Metrics;
import whorl.collector.maintenance.PeriodicTask;
import whorl.collector.people.tokens.ApiTokens;
import whorl.collector.people.tokens.Makers;
import whorl.collector.people.tokens.TokenCounters;
import whorl.collector.store.access.ApiTokenLedger;
import whorl.collector.store.database.Database;
import whorl.collector.store.limits.LedgerTime;

/** Creates the API tokens that people make for themselves. */
final class ApiTokenWiring {
  private ApiTokenWiring() {}

  /**
   * @param closing receives what must be closed, last opened first
   */
  static ApiTokens open(
      Database database,
      Sharing sharing,
      Makers makers,
      CustodyLog custody,
      Metrics metrics,
      List<AutoCloseable> closing) {
    LedgerTime time =
        sharing.isShared() ? LedgerTime.of(database) : LedgerTime.of(sharing.clock());
    TokenCounters counters = new TokenCounters();
    ApiTokens tokens =
        new ApiTokens(
            new ApiTokenLedger(database, time, ApiTokens.MAX_PER_PERSON, ApiTokens.MAX),
            makers,
            new TokenCustody(custody),
            new SecureRandom(),
            sharing.clock(),
            System::nanoTime,
            counters);
    closing.add(0, PeriodicTask.start("api-tokens", Duration.ofHours(1), tokens::forget));
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
    return tokens;
  }
}
