package whorl.collector.wiring.base;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.alerts.AlertRoutes;
import whorl.collector.alerts.Alerts;
import whorl.collector.alerts.StormControl;
import whorl.collector.config.StormLimit;
import whorl.collector.fleet.rules.RuleSets;
import whorl.collector.fleet.rules.RuleStates;
import whorl.collector.http.auth.LocalLoginLimit;
import whorl.collector.http.auth.LocalSessions;
import whorl.collector.http.auth.LoginLimit;
import whorl.collector.http.auth.LoginRecord;
import whorl.collector.http.auth.PageAccess;
import whorl.collector.http.auth.SharedLoginLimit;
import whorl.collector.http.auth.SharedSessions;
import whorl.collector.http.auth.TokenAgreement;
import whorl.collector.libraries.Libraries;
import whorl.collector.limit.Quota;
import whorl.collector.limit.Rates;
import whorl.collector.limit.SharedQuota;
import whorl.collector.limit.SharedQuota.WhenAway;
import whorl.collector.store.access.SessionLedger;
import whorl.collector.store.access.TokenFileLedger;
import whorl.collector.store.access.UsedOnceLedger;
import whorl.collector.store.database.Database;
import whorl.collector.store.limits.CooldownLedger;
import whorl.collector.store.limits.LedgerTime;
import whorl.collector.store.limits.LoginLedger;
import whorl.collector.store.limits.QuotaLedger;
import whorl.collector.store.limits.StormLedger;
import whorl.collector.store.outage.OneByOne;
import whorl.collector.store.rules.RuleStateLedger;

/**
 * Creates what limits clients, and the sessions of the page. A collector that is alone keeps quotas
 * and sessions in memory; several keep them in their records, by the database's clock.
 */
public final class LimitWiring {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final @Nullable String collector;
  private final QuotaLedger quotas;
  private final StormLedger storm;
  private final CooldownLedger cooldowns;
  private PageAccess access;
  private final UsedOnceLedger usedOnce;
  private final @Nullable RuleStates ruleStates;

  /** What is deleted every minute, because it has ended. */
  private final Map<String, OneByOne.Work> forgetting = new LinkedHashMap<>();

  private LimitWiring(
      Database database, StormLimit limit, InstantSource clock, @Nullable String collector) {
    boolean alone = collector == null;
    LedgerTime time = alone ? LedgerTime.of(clock) : LedgerTime.of(database);
    this.collector = collector;
    this.quotas = new QuotaLedger(database, time);
    this.storm = new StormLedger(database, time, limit.captures(), limit.window());
    this.cooldowns = new CooldownLedger(database, time);
    this.ruleStates = alone ? null : new RuleStates(new RuleStateLedger(database));
    this.access =
        collector == null
            ? new PageAccess(
                new LocalSessions(System::nanoTime, new SecureRandom()),
                new LocalLoginLimit(System::nanoTime),
                null)
            : shared(database, time, collector);
    this.usedOnce = new UsedOnceLedger(database, time);
    forgetting.put("what is used once", usedOnce::forget);
    forgetting.put("storm control", storm::forget);
    forgetting.put("cooldowns", cooldowns::forget);
  }

  public static LimitWiring open(Foundation base) {
    return open(base.database(), base.config().storm(), base.clock(), base.sharing().collector());
  }

  /**
   * @param collector the name of this collector among several; null if it is alone
   */
  static LimitWiring open(
      Database database, StormLimit limit, InstantSource clock, @Nullable String collector) {
    return new LimitWiring(database, limit, clock, collector);
  }

  private PageAccess shared(Database database, LedgerTime time, String name) {
    SharedSessions sessions =
        new SharedSessions(
            new SessionLedger(database, time, SharedSessions.LIMITS), new SecureRandom());
    LoginLedger logins = new LoginLedger(database, time, LoginLimit.BURST, LoginLimit.PERIOD);
    forgetting.put("sessions", sessions::forget);
    forgetting.put("failed logins", logins::forget);
    TokenFileLedger tokenFiles = new TokenFileLedger(database, time);
    return new PageAccess(
        sessions,
        new SharedLoginLimit(logins),
        tokens -> new TokenAgreement(tokens, tokenFiles, name));
  }

  public StormControl storm(StormControl.Owners owners) {
    return new StormControl(storm, owners);
  }

  public CooldownLedger cooldowns() {
    return cooldowns;
  }

  /** From now on, logins are recorded here. */
  public void recordLogins(LoginRecord record) {
    access = access.with(record);
  }

  public PageAccess access() {
    return access;
  }

  /** What may be used once at all collectors together. */
  public UsedOnceLedger usedOnce() {
    return usedOnce;
  }

  /** The states of rule sets at agents of other collectors; null if there are none. */
  public @Nullable RuleStates ruleStates() {
    return ruleStates;
  }

  /** Limits the alerts of one token from outside. */
  public Quota alertsAMinute() {
    return quota("alerts", AlertRoutes.MAX_ALERTS_A_MINUTE, MINUTE, WhenAway.FAIL);
  }

  /** Limits the room for alerts of the agents of one network. */
  public Quota alertKibibytesADay() {
    return quota(
        "alert-kibibytes", Alerts.MAX_KIBIBYTES_A_DAY, Duration.ofDays(1), WhenAway.REFUSE);
  }

  /** Limits the room for journals of the agents of one network. */
  public Quota journalKibibytesADay(int max) {
    return quota("journal-kibibytes", max, Duration.ofDays(1), WhenAway.REFUSE);
  }

  /** Limits the room for inventories of libraries of the agents of one network. */
  public Quota libraryKibibytesADay() {
    return quota(
        "library-kibibytes", Libraries.MAX_KIBIBYTES_A_DAY, Duration.ofDays(1), WhenAway.REFUSE);
  }

  /** Limits the new agents of one network. */
  public Quota enrolmentsAMinute(int max) {
    return quota("enrolments", max, MINUTE, WhenAway.FAIL);
  }

  /** Limits the agents that one identity may have anew. */
  public Quota bindingsAMinute(int max) {
    return quota("bindings", max, MINUTE, WhenAway.FAIL);
  }

  /** Limits the bytes that one identity sends. */
  public Quota uploadKibibytesADay(int max) {
    return quota("upload-kibibytes", max, Duration.ofDays(1), WhenAway.FAIL);
  }

  /** Limits the evidence that one pod begins. */
  public Quota evidenceAnHour(int max) {
    return quota("evidence", max, Duration.ofHours(1), WhenAway.FAIL);
  }

  /** Limits the custody entries about peers of one network that were refused. */
  public Quota refusalsAMinute(int max) {
    return quota("refusals", max, MINUTE, WhenAway.REFUSE);
  }

  private Quota quota(String name, int max, Duration window, WhenAway whenAway) {
    if (collector == null) {
      return new Rates(max, window, System::nanoTime);
    }
    SharedQuota quota = new SharedQuota(quotas, name, max, window, whenAway, System::nanoTime);
    forgetting.put("quota " + name, quota::forget);
    return quota;
  }

  /** Starts the periodic work; to be called when all quotas are made. */
  public void start(Foundation base, RuleSets rules) {
    base.every("limits", MINUTE, this::forget);
    RuleStates states = ruleStates;
    if (states != null) {
      base.every("rule-states", Duration.ofSeconds(1), states::save);
      base.every(
          "rules",
          MINUTE,
          () -> {
            rules.announceChanges();
            states.forget();
          });
    }
  }

  private void forget() throws IOException {
    OneByOne limits = new OneByOne();
    for (Map.Entry<String, OneByOne.Work> each : forgetting.entrySet()) {
      limits.run(each.getKey(), each.getValue());
    }
    limits.end();
  }
}
