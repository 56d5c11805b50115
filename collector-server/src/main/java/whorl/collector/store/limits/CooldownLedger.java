package whorl.collector.store.limits;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.database.Database;
import whorl.evidence.Id;

/**
 * Which capture an alert from outside started on an agent, so that its repetitions join it for a
 * minute, wherever they arrive. A collector that wants to start one claims the alert first; of
 * several at the same moment one gets the claim, and it then stores the capture or gives the claim
 * up. A claim that is not settled within five seconds is free again, because its collector has
 * ended. Thread-safe.
 */
public final class CooldownLedger {
  /** For how long repetitions join. */
  public static final Duration PERIOD = Duration.ofSeconds(60);

  /** For how long a claim blocks others if nothing comes of it. */
  public static final Duration CLAIM = Duration.ofSeconds(5);

  private final Database database;
  private final LedgerTime time;

  public CooldownLedger(Database database, LedgerTime time) {
    this.database = database;
    this.time = time;
  }

  /** The result of a claim. */
  public sealed interface Claim {
    /** The caller decides about the capture, and then calls {@link #begun} or {@link #release}. */
    record Mine(String key, String token) implements Claim {}

    /** The alert started this capture. */
    record Begun(Id capture) implements Claim {}

    /** Somebody else is deciding now. */
    record Pending() implements Claim {}
  }

  private static final Claim PENDING = new Claim.Pending();

  /**
   * Claims the alert on this agent.
   *
   * @param fingerprint what its repetitions have in common
   * @param ended a capture of this alert that no repetition should join any more; null if there is
   *     none
   */
  public Claim claim(Id agent, String fingerprint, @Nullable Id ended) throws IOException {
    String key = RowKey.of(agent.value(), fingerprint);
    String token = UUID.randomUUID().toString();
    List<String> mine =
        database.query(
            "INSERT INTO cooldowns (alert_key, token, capture, at_millis) VALUES (?, ?, '', "
                + time.nowMillis()
                + ") ON CONFLICT (alert_key) DO UPDATE SET token = excluded.token, capture = '',"
                + " at_millis = excluded.at_millis WHERE (cooldowns.capture <> ''"
                + " AND (cooldowns.at_millis <= excluded.at_millis - ? OR cooldowns.capture = ?))"
                + " OR (cooldowns.capture = '' AND cooldowns.at_millis <= excluded.at_millis - ?)"
                + " RETURNING token",
            row -> row.getString(1),
            key,
            token,
            PERIOD.toMillis(),
            ended == null ? "" : ended.value(),
            CLAIM.toMillis());
    if (!mine.isEmpty()) {
      return new Claim.Mine(key, token);
    }
    List<String> capture =
        database.query(
            "SELECT capture FROM cooldowns WHERE alert_key = ?", row -> row.getString(1), key);
    // without a row the claim was just given up; the next try gets it
    return capture.isEmpty() || capture.get(0).isEmpty()
        ? PENDING
        : new Claim.Begun(new Id(capture.get(0)));
  }

  /** The alert has started this capture; the minute begins. */
  public void begun(Claim.Mine claim, Id capture) throws IOException {
    database.update(
        "UPDATE cooldowns SET capture = ?, at_millis = "
            + time.nowMillis()
            + " WHERE alert_key = ? AND token = ?",
        capture.value(),
        claim.key(),
        claim.token());
  }

  /** No capture was started, so others may decide anew. */
  public void release(Claim.Mine claim) throws IOException {
    database.update(
        "DELETE FROM cooldowns WHERE alert_key = ? AND token = ? AND capture = ''",
        claim.key(),
        claim.token());
  }

  /** Deletes what has ended; returns how many. */
  public int forget() throws IOException {
    return database.update(
        "DELETE FROM cooldowns WHERE at_millis <= " + time.nowMillis() + " - ?", PERIOD.toMillis());
  }
}
