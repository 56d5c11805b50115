package whorl.collector.store.rules;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.LikePattern;
import whorl.evidence.Id;

/**
 * The tests of rules on evidence that people began in the last day, each with its progress and
 * result as JSON. Any collector reads what another runs. Thread-safe.
 */
public final class RuleTestLedger {
  private static final Duration KEPT = Duration.ofDays(1);
  private static final int KEPT_MAX = 200;

  private final Database database;

  public RuleTestLedger(Database database) {
    this.database = database;
  }

  /**
   * A test as it is stored.
   *
   * @param beat when the collector that runs it last wrote
   */
  public record Stored(String owner, Instant beat, String record) {}

  /** Adds a test; the oldest are deleted. */
  public void add(Id test, String owner, Instant now, String record) throws IOException {
    database.inTransaction(
        () -> {
          database.update(
              "DELETE FROM rule_tests WHERE at_millis < ?", now.minus(KEPT).toEpochMilli());
          database.update(
              "DELETE FROM rule_tests WHERE id IN"
                  + " (SELECT id FROM rule_tests ORDER BY at_millis DESC, id DESC LIMIT 1000"
                  + " OFFSET ?)",
              KEPT_MAX - 1);
          return database.update(
              "INSERT INTO rule_tests (id, owner, at_millis, beat_millis, record)"
                  + " VALUES (?, ?, ?, ?, ?)",
              test.value(),
              owner,
              now.toEpochMilli(),
              now.toEpochMilli(),
              record);
        });
  }

  /** Writes the progress or the result of a test; nothing if it was deleted. */
  public void put(Id test, Instant now, String record) throws IOException {
    int unused =
        database.update(
            "UPDATE rule_tests SET beat_millis = ?, record = ? WHERE id = ?",
            now.toEpochMilli(),
            record,
            test.value());
  }

  /** Deletes the tests that matched something in this evidence. */
  public void purged(Id evidence) throws IOException {
    int unused =
        database.update(
            "DELETE FROM rule_tests WHERE record " + LikePattern.CONDITION,
            LikePattern.containing("\"evidence\":\"" + evidence.value() + "\""));
  }

  /** The test, or null. */
  public @Nullable Stored find(Id test) throws IOException {
    List<Stored> found =
        database.query(
            "SELECT owner, beat_millis, record FROM rule_tests WHERE id = ?",
            row ->
                new Stored(
                    row.getString(1), Instant.ofEpochMilli(row.getLong(2)), row.getString(3)),
            test.value());
    return found.isEmpty() ? null : found.get(0);
  }
}
