package whorl.collector.store.jobs;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.ResultRow;
import whorl.evidence.Id;
import whorl.evidence.Text;

/**
 * The work on evidence that waits or is being done. Collectors take jobs for a time; who does not
 * finish or renew in time loses the job to another. A job that is added while somebody works on it
 * is done once more. Changes are durable when a method returns. Thread-safe.
 */
public final class JobLedger {
  private static final double PER_MILLE = 1_000;
  private static final int PROBLEM_MAX_CHARS = 1_000;
  private static final String COLUMNS =
      "kind, evidence, attempts, holder, until_millis, progress, problem, due_millis";

  private static final String HELD = "kind = ? AND evidence = ? AND holder = ? AND attempts = ?";

  private final Database database;
  private final String collector;

  /**
   * @param collector the name of this process; no two that run at the same time may have the same
   */
  public JobLedger(Database database, String collector) {
    this.database = database;
    this.collector = collector;
  }

  /**
   * Adds work. If it waits already it may be taken at once; if somebody works on it, it is done
   * once more afterwards.
   *
   * @param urgent true if a person probably waits for it
   * @param size of the work, such as bytes; small work goes first
   */
  public void add(String kind, Id evidence, boolean urgent, long size) throws IOException {
    database.update(
        "INSERT INTO jobs (kind, evidence, urgent, size, attempts, holder, until_millis, again,"
            + " progress, problem, added_millis, due_millis) VALUES (?, ?, ?, ?, 0, NULL, 0, 0, 0,"
            + " NULL, "
            + database.nowMillis()
            + ", "
            + database.nowMillis()
            + ") ON CONFLICT (kind, evidence) DO UPDATE SET"
            + " urgent = CASE WHEN excluded.urgent > jobs.urgent THEN excluded.urgent"
            + " ELSE jobs.urgent END, size = excluded.size,"
            // also if the holder's time is over: it may go on nevertheless
            + " again = CASE WHEN jobs.holder IS NULL THEN 0 ELSE 1 END,"
            + " due_millis = excluded.due_millis",
        kind,
        evidence.value(),
        urgent ? 1 : 0,
        size);
  }

  /**
   * Takes the next job of this kind that is due: urgent ones first, then small ones.
   *
   * @param length for how long; {@link #renew} in time
   */
  public Optional<Job> take(String kind, Duration length) throws IOException {
    return take(kind, length, "size, added_millis");
  }

  /**
   * The same, with the oldest of the urgent ones first: taken now and then, so that large work gets
   * its turn however much small work comes.
   */
  public Optional<Job> takeOldest(String kind, Duration length) throws IOException {
    return take(kind, length, "added_millis, size");
  }

  private Optional<Job> take(String kind, Duration length, String order) throws IOException {
    String now = database.nowMillis();
    return database
        .query(
            "UPDATE jobs SET holder = ?, until_millis = "
                + now
                + " + ?, attempts = attempts + 1, again = 0, progress = 0"
                + " WHERE kind = ? AND evidence = (SELECT evidence FROM jobs WHERE kind = ?"
                + " AND due_millis <= "
                + now
                + " AND until_millis <= "
                + now
                + " ORDER BY urgent DESC, "
                + order
                + " LIMIT 1"
                + skippingLocked()
                + ") RETURNING "
                + COLUMNS,
            JobLedger::job,
            collector,
            length.toMillis(),
            kind,
            kind)
        .stream()
        .findFirst();
  }

  /**
   * Keeps the job for this time from now on.
   *
   * @return false if another collector has it by now; then the work must stop
   */
  public boolean renew(Job job, Duration length, double progress) throws IOException {
    return database.update(
            "UPDATE jobs SET until_millis = "
                + database.nowMillis()
                + " + ?, progress = ? WHERE "
                + HELD,
            length.toMillis(),
            (int) (progress * PER_MILLE),
            job.kind(),
            job.evidence().value(),
            collector,
            job.attempts())
        > 0;
  }

  /**
   * Ends the job, unless it was added again meanwhile.
   *
   * @return false if another collector has it by now
   */
  public boolean done(Job job) throws IOException {
    return database.inTransaction(
        () -> {
          int ended =
              database.update(
                  "DELETE FROM jobs WHERE " + HELD + " AND again = 0",
                  job.kind(),
                  job.evidence().value(),
                  collector,
                  job.attempts());
          return ended > 0 || release(job, Duration.ZERO, null, 0);
        });
  }

  /**
   * Gives the job back, to be tried again.
   *
   * @param after when it is due again
   * @param counts false if this attempt was not the job's fault and must not count
   * @return false if another collector has it by now
   */
  public boolean later(Job job, Duration after, String problem, boolean counts) throws IOException {
    return release(job, after, problem, counts ? job.attempts() : job.attempts() - 1);
  }

  private boolean release(Job job, Duration after, @Nullable String problem, int attempts)
      throws IOException {
    String bounded = problem == null ? null : Text.beginning(problem, PROBLEM_MAX_CHARS);
    return database.update(
            "UPDATE jobs SET holder = NULL, until_millis = 0, again = 0, progress = 0, attempts ="
                + " ?, problem = ?, due_millis = "
                + database.nowMillis()
                + " + ? WHERE "
                + HELD,
            attempts,
            bounded,
            after.toMillis(),
            job.kind(),
            job.evidence().value(),
            collector,
            job.attempts())
        > 0;
  }

  /** Removes the work on purged evidence. */
  public void forget(Id evidence) throws IOException {
    database.update("DELETE FROM jobs WHERE evidence = ?", evidence.value());
  }

  /**
   * Removes work of other kinds that begin like this, which nobody has done for a time: the
   * collectors of the version that added it are gone.
   */
  public void forgetOthers(String kindsBeginWith, String except, Duration after)
      throws IOException {
    String now = database.nowMillis();
    database.update(
        "DELETE FROM jobs WHERE substr(kind, 1, ?) = ? AND kind <> ? AND added_millis < "
            + now
            + " - ? AND until_millis < "
            + now,
        kindsBeginWith.length(),
        kindsBeginWith,
        except,
        after.toMillis());
  }

  /** The work of this kind on this evidence; empty if there is none to do. */
  public Optional<Job> find(String kind, Id evidence) throws IOException {
    return database
        .query(
            "SELECT " + COLUMNS + " FROM jobs WHERE kind = ? AND evidence = ?",
            JobLedger::job,
            kind,
            evidence.value())
        .stream()
        .findFirst();
  }

  /** All work, in the order in which it is due; at most {@code limit}. */
  public List<Job> list(int limit) throws IOException {
    return database.query(
        "SELECT " + COLUMNS + " FROM jobs ORDER BY due_millis, kind, evidence LIMIT ?",
        JobLedger::job,
        limit);
  }

  /** The number of jobs of this kind that wait or are being done. */
  public int count(String kind) throws IOException {
    return database
        .query("SELECT count(*) FROM jobs WHERE kind = ?", row -> row.getInt(1), kind)
        .get(0);
  }

  /** Two collectors that ask at the same moment get different jobs, and neither waits. */
  private String skippingLocked() {
    String lock = database.forUpdate();
    return lock.isEmpty() ? "" : lock + " SKIP LOCKED";
  }

  private static Job job(ResultRow row) throws SQLException {
    return new Job(
        row.getString("kind"),
        new Id(row.getString("evidence")),
        row.getInt("attempts"),
        row.getString("holder"),
        row.getInt("progress") / PER_MILLE,
        row.getString("problem"),
        Instant.ofEpochMilli(row.getLong("due_millis")));
  }
}
