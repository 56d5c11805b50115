package whorl.collector.store.limits;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.database.Database;
import whorl.evidence.Id;

/**
 * The full captures that each rule has had lately, by service and namespace. Each decision is one
 * transaction that locks the rule's row, so all collectors together admit no more than the limit. A
 * refusal writes nothing. At most ten thousand rules, 200 of them used first by one agent; rules of
 * alerts from outside are counted apart, and have at most half of the table. Thread-safe.
 */
public final class StormLedger {
  /** Limit for all rules. */
  public static final int MAX_RULES = 10_000;

  /** Limit for the rules of alerts from outside, so that agents always have the other half. */
  public static final int MAX_RULES_FROM_OUTSIDE = MAX_RULES / 2;

  /** Limit per agent, so that no agent fills the table for all. */
  public static final int MAX_RULES_PER_AGENT = 200;

  /** Begins the names of parties that no agent has: ids have no blanks, identities other words. */
  private static final String OUTSIDE = "outside ";

  /** Limit for stored captures of one rule in one service. */
  private static final int MAX_CAPTURES_PER_RULE = 64;

  private final Database database;
  private final LedgerTime time;
  private final int captures;
  private final Duration window;

  /**
   * @param captures limit for captures of one rule in one service within the window
   */
  public StormLedger(Database database, LedgerTime time, int captures, Duration window) {
    this.database = database;
    this.time = time;
    this.captures = captures;
    this.window = window;
  }

  /**
   * A rule in a service.
   *
   * @param account of the agents, as it was proved; null if they only have the shared token
   * @param isOutside true if somebody outside says that the rule fired: who may send alerts can
   *     name any rule, and must not use up the captures of the agents' own alerts
   */
  public record Rule(
      @Nullable String namespace,
      String service,
      String rule,
      @Nullable String account,
      boolean isOutside) {
    /** A rule that agents say fired. */
    public Rule(@Nullable String namespace, String service, String rule, @Nullable String account) {
      this(namespace, service, rule, account, false);
    }

    /** A rule in a service of agents that only have the shared token. */
    public Rule(@Nullable String namespace, String service, String rule) {
      this(namespace, service, rule, null);
    }

    String key() {
      if (isOutside) {
        return RowKey.of(OUTSIDE, namespace, service, rule, account);
      }
      return account == null
          ? RowKey.of(namespace, service, rule)
          : RowKey.of(namespace, service, rule, account);
    }
  }

  /**
   * For whom a capture is taken.
   *
   * @param name the identity of the agent, or its id if it only has the shared token
   */
  public record Party(String name, boolean isProved) {
    /** The same agent, for alerts from outside: they have a limit of their own. */
    public Party fromOutside() {
      return new Party(OUTSIDE + name, isProved);
    }

    private boolean isFromOutside() {
      return name.startsWith(OUTSIDE);
    }
  }

  /** Whether a capture is admitted. */
  public enum Decision {
    ADMITTED,
    /** The rule had its captures. */
    RULE_LIMIT,
    /** This agent used too many rules lately. */
    AGENT_LIMIT,
    /** All agents together used too many rules lately. */
    TABLE_LIMIT
  }

  /** The limit for one rule in one service. */
  public int captures() {
    return captures;
  }

  public Duration window() {
    return window;
  }

  /**
   * Takes one capture from the rule's window. Captures of agents that enrolled much later than this
   * one do not count.
   *
   * @param enrolledAt when the agent enrolled its key; null if it never did
   */
  public Decision take(Rule rule, Id agent, @Nullable Instant enrolledAt) throws IOException {
    return take(rule, new Party(agent.value(), false), enrolledAt);
  }

  /**
   * As above. If one identity used up the limit, others still have one capture each, until as many
   * identities as the limit had one.
   */
  public Decision take(Rule rule, Party party, @Nullable Instant enrolledAt) throws IOException {
    return database.inTransaction(() -> decide(rule.key(), party, enrolledAt));
  }

  /** Deletes the rules without a capture in the window; returns how many. */
  public int forget() throws IOException {
    return database.update(
        "DELETE FROM storm_rules WHERE newest_millis <= " + time.nowMillis() + " - ?",
        window.toMillis());
  }

  private record Stored(
      StormCaptures captures, StormParties parties, long newestMillis, long nowMillis) {}

  private Decision decide(String key, Party party, @Nullable Instant enrolledAt)
      throws IOException {
    Stored stored = locked(key);
    if (stored == null) {
      Decision full = full(party, enrolledAt);
      if (full != Decision.ADMITTED) {
        return full; // without the lock, so that refusals do not wait for each other
      }
      LimitLock.STORM.take(database);
      stored = locked(key);
    }
    if (stored == null) {
      return decideFirst(key, party, enrolledAt);
    }
    StormCaptures lately = stored.captures().after(stored.nowMillis() - window.toMillis());
    StormParties parties = stored.parties().after(stored.nowMillis() - window.toMillis());
    boolean isFirstOfItsOwn =
        party.isProved() && parties.lacks(party.name()) && parties.distinct() < captures;
    if ((lately.counted(enrolledAt) >= captures && !isFirstOfItsOwn)
        || lately.size() >= Math.max(MAX_CAPTURES_PER_RULE, captures)) {
      return Decision.RULE_LIMIT;
    }
    StormCaptures all = lately.with(stored.nowMillis(), enrolledAt);
    database.update(
        "UPDATE storm_rules SET newest_millis = ?, earliest_enrolled = ?, captures = ?, parties = ?"
            + " WHERE rule_key = ?",
        Math.max(stored.newestMillis(), stored.nowMillis()),
        all.earliestEnrolled(),
        all.text(),
        with(parties, stored.nowMillis(), party).text(),
        key);
    return Decision.ADMITTED;
  }

  private static StormParties with(StormParties parties, long atMillis, Party party) {
    return party.isProved() ? parties.with(atMillis, party.name()) : parties;
  }

  /** Admits the first capture of a rule, if there is room for one more rule. */
  private Decision decideFirst(String key, Party party, @Nullable Instant enrolledAt)
      throws IOException {
    Decision full = full(party, enrolledAt);
    if (full != Decision.ADMITTED) {
      return full;
    }
    if (count("", List.of()) >= MAX_RULES) {
      forget();
      if (count("", List.of()) >= MAX_RULES) {
        database.update(
            "DELETE FROM storm_rules WHERE rule_key = (SELECT rule_key FROM storm_rules"
                + " WHERE earliest_enrolled > ? LIMIT 1)",
            StormCaptures.muchLater(enrolledAt));
      }
    }
    long now = database.query("SELECT " + time.nowMillis(), row -> row.getLong(1)).get(0);
    StormCaptures first = StormCaptures.NONE.with(now, enrolledAt);
    database.update(
        "INSERT INTO storm_rules (rule_key, first_agent, newest_millis, earliest_enrolled,"
            + " captures, parties) VALUES (?, ?, ?, ?, ?, ?)",
        key,
        party.name(),
        now,
        first.earliestEnrolled(),
        first.text(),
        with(StormParties.of(""), now, party).text());
    return Decision.ADMITTED;
  }

  /** Decides whether there is room for one more rule, for which a later agent's may be deleted. */
  private Decision full(Party party, @Nullable Instant enrolledAt) throws IOException {
    String inWindow = " WHERE newest_millis > " + time.nowMillis() + " - ?";
    long millis = window.toMillis();
    if (count(inWindow + " AND first_agent = ?", List.of(millis, party.name()))
        >= MAX_RULES_PER_AGENT) {
      return Decision.AGENT_LIMIT;
    }
    if (party.isFromOutside()
        && count(
                inWindow + " AND substr(first_agent, 1, " + OUTSIDE.length() + ") = ?",
                List.of(millis, OUTSIDE))
            >= MAX_RULES_FROM_OUTSIDE) {
      return Decision.TABLE_LIMIT;
    }
    boolean full =
        count(inWindow, List.of(millis)) >= MAX_RULES
            && count(" WHERE earliest_enrolled > ?", List.of(StormCaptures.muchLater(enrolledAt)))
                == 0;
    return full ? Decision.TABLE_LIMIT : Decision.ADMITTED;
  }

  private long count(String condition, List<Object> arguments) throws IOException {
    return database
        .query(
            "SELECT count(*) FROM storm_rules" + condition,
            row -> row.getLong(1),
            arguments.toArray())
        .get(0);
  }

  private @Nullable Stored locked(String key) throws IOException {
    List<Stored> found =
        database.query(
            "SELECT captures, parties, newest_millis, "
                + time.nowMillis()
                + " FROM storm_rules WHERE rule_key = ?"
                + database.forUpdate(),
            row ->
                new Stored(
                    StormCaptures.of(row.getString(1)),
                    StormParties.of(row.getString(2)),
                    row.getLong(3),
                    row.getLong(4)),
            key);
    return found.isEmpty() ? null : found.get(0);
  }
}
