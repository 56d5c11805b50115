package whorl.collector.lake;

import com.fasterxml.jackson.core.type.TypeReference;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.ResultRow;
import whorl.evidence.Id;
import whorl.evidence.Json;

/**
 * What is in the lake, what is to be done there, and who does it. A job is a row that is not
 * settled; a collector claims it for a time by the database's clock. All collectors share it.
 */
final class LakeLedger {
  private static final TypeReference<List<String>> TEXTS = new TypeReference<>() {};

  private final Database database;
  private final String holder;
  private final String now;

  /**
   * @param holder names this collector; no other one, and no earlier run, has the same
   */
  LakeLedger(Database database, String holder) {
    this.database = database;
    this.holder = holder;
    this.now =
        database.forUpdate().isEmpty()
            ? "CAST(unixepoch('subsec') * 1000 AS INTEGER)"
            : "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)";
  }

  /**
   * A claimed job.
   *
   * @param wanted true if its rows are to be in the table, false if they are to go
   * @param generation of the request
   * @param files the locations at which there may be files of it
   * @param attempts that have failed
   */
  record Job(Id evidence, boolean wanted, long generation, List<String> files, int attempts) {}

  /** What a job did: the files that the evidence has in the table now. */
  record Outcome(Job job, List<String> files, long rows, long bytes) {}

  /** Requests that the table has the present rows of this evidence. */
  void want(Id evidence) throws IOException {
    database.update(
        "INSERT INTO lake (evidence, state, generation, files, row_count, byte_count,"
            + " attempts, due_at, held_until) VALUES (?, 'wanted', 1, '[]', 0, 0, 0, "
            + now
            + ", 0) ON CONFLICT (evidence) DO UPDATE SET state = 'wanted',"
            + " generation = lake.generation + 1, attempts = 0, due_at = excluded.due_at",
        evidence.value());
  }

  /** Requests that the table has nothing of this evidence. */
  void unwant(Id evidence) throws IOException {
    database.update(
        "UPDATE lake SET state = 'unwanted', generation = generation + 1, attempts = 0, due_at = "
            + now
            + " WHERE evidence = ? AND state <> 'unwanted'",
        evidence.value());
  }

  /** Records what the table was found to have of evidence that the ledger does not know. */
  void found(Id evidence, List<String> files) throws IOException {
    database.update(
        "INSERT INTO lake (evidence, state, generation, files, row_count, byte_count,"
            + " attempts, due_at, held_until) VALUES (?, 'wanted', 1, ?, 0, 0, 0, "
            + now
            + ", 0) ON CONFLICT (evidence) DO NOTHING",
        evidence.value(),
        Json.text(files));
  }

  /** Claims jobs that are due, the oldest first, with those of an earlier try of this collector. */
  List<Job> claim(int limit, Duration time) throws IOException {
    String free = "(holder IS NULL OR holder = ? OR held_until < " + now + ")";
    return database.query(
        "UPDATE lake SET holder = ?, held_until = "
            + now
            + " + ? WHERE evidence IN (SELECT evidence FROM lake WHERE state <> 'kept' AND due_at"
            + " <= "
            + now
            + " AND "
            + free
            + " ORDER BY due_at, evidence LIMIT ?) AND state <> 'kept' AND "
            + free
            + " RETURNING evidence, state, generation, files, attempts",
        LakeLedger::job,
        holder,
        time.toMillis(),
        holder,
        limit,
        holder);
  }

  /** Goes on holding the claimed jobs. */
  void renew(Duration time) throws IOException {
    database.update(
        "UPDATE lake SET held_until = " + now + " + ? WHERE holder = ?", time.toMillis(), holder);
  }

  /**
   * Requires that no other collector has taken one of these jobs.
   *
   * @throws IOException if one has, because this collector was too slow
   */
  void requireHeld(Collection<Job> jobs) throws IOException {
    for (Job job : jobs) {
      if (database
          .query(
              "SELECT 1 FROM lake WHERE evidence = ? AND holder = ?",
              row -> row.getInt(1),
              job.evidence().value(),
              holder)
          .isEmpty()) {
        throw lost(job);
      }
    }
  }

  /** Records where files of this job will be, before they are. */
  void writing(Job job, List<String> files) throws IOException {
    int held =
        database.update(
            "UPDATE lake SET files = ? WHERE evidence = ? AND holder = ?",
            Json.text(files),
            job.evidence().value(),
            holder);
    if (held == 0) {
      throw lost(job);
    }
  }

  private static IOException lost(Job job) {
    return new IOException(
        "evidence " + job.evidence() + ": another collector took over its job in the lake");
  }

  /**
   * Completes jobs that were committed to the table, unless there is a newer request.
   *
   * @param removed locations of files that the table has no more
   * @param sequence of the commit that removed them
   */
  void done(List<Outcome> outcomes, Collection<String> removed, long sequence) throws IOException {
    database.inTransaction(
        () -> {
          for (String location : removed) {
            database.update(
                "INSERT INTO lake_removed (location, sequence) VALUES (?, ?) ON CONFLICT (location)"
                    + " DO UPDATE SET sequence = excluded.sequence",
                location,
                sequence);
          }
          for (Outcome outcome : outcomes) {
            complete(outcome);
          }
          return outcomes.size();
        });
  }

  private void complete(Outcome outcome) throws IOException {
    Job job = outcome.job();
    database.update(
        "UPDATE lake SET holder = NULL, attempts = 0, problem = NULL, files = ?,"
            + " row_count = ?, byte_count = ?, state = CASE WHEN generation = ? THEN 'kept' ELSE"
            + " state END WHERE evidence = ? AND holder = ?",
        Json.text(outcome.files()),
        outcome.rows(),
        outcome.bytes(),
        job.generation(),
        job.evidence().value(),
        holder);
    if (!job.wanted()) {
      database.update(
          "DELETE FROM lake WHERE evidence = ? AND generation = ? AND holder IS NULL",
          job.evidence().value(),
          job.generation());
    }
  }

  /**
   * Puts a job off.
   *
   * @param problem why it failed; null if it only has to wait
   */
  void later(Job job, @Nullable String problem, Duration pause) throws IOException {
    database.update(
        "UPDATE lake SET holder = NULL, attempts = attempts + ?, problem = ?, due_at = "
            + now
            + " + ? WHERE evidence = ? AND holder = ?",
        problem == null ? 0 : 1,
        problem,
        pause.toMillis(),
        job.evidence().value(),
        holder);
  }

  /** Locations of removed files that no snapshot from this one on refers to. */
  List<String> removed(long sequence, int limit) throws IOException {
    return database.query(
        "SELECT location FROM lake_removed WHERE sequence <= ? ORDER BY sequence LIMIT ?",
        row -> row.getString(1),
        sequence,
        limit);
  }

  /** Forgets a removed file, which is deleted now. */
  void deleted(String location) throws IOException {
    database.update("DELETE FROM lake_removed WHERE location = ?", location);
  }

  /** Requests everything anew, because the table is new. */
  void startAgain() throws IOException {
    database.inTransaction(
        () -> {
          database.update(
              "UPDATE lake SET state = 'wanted', generation = generation + 1, files = '[]',"
                  + " row_count = 0, byte_count = 0, due_at = 0 WHERE state = 'kept'");
          return database.update("DELETE FROM lake_removed");
        });
  }

  boolean isEmpty() throws IOException {
    return database.query("SELECT 1 FROM lake LIMIT 1", row -> row.getInt(1)).isEmpty();
  }

  /** Evidence of the catalog that the ledger does not know. */
  List<Id> unknown(int limit) throws IOException {
    return database.query(
        "SELECT id FROM evidence WHERE state <> 'lost' AND NOT EXISTS (SELECT 1 FROM lake WHERE"
            + " lake.evidence = evidence.id) ORDER BY sealed_at, id LIMIT ?",
        row -> new Id(row.getString(1)),
        limit);
  }

  /** Evidence in the table that the catalog does not have. */
  List<Id> withoutEvidence(int limit) throws IOException {
    return database.query(
        "SELECT evidence FROM lake WHERE state <> 'unwanted' AND NOT EXISTS (SELECT 1 FROM evidence"
            + " WHERE evidence.id = lake.evidence) ORDER BY evidence LIMIT ?",
        row -> new Id(row.getString(1)),
        limit);
  }

  LakeStatus status() throws IOException {
    List<String> problems =
        database.query(
            "SELECT problem FROM lake WHERE problem IS NOT NULL AND state <> 'kept'"
                + " ORDER BY attempts DESC LIMIT 1",
            row -> row.getString(1));
    return database
        .query(
            "SELECT count(*), coalesce(sum(row_count), 0), coalesce(sum(byte_count), 0),"
                + " coalesce(sum(CASE WHEN state <> 'kept' THEN 1 ELSE 0 END), 0),"
                + " coalesce(sum(CASE WHEN state <> 'kept' AND problem IS NOT NULL THEN 1 ELSE 0"
                + " END), 0), (SELECT count(*) FROM lake_removed) FROM lake",
            row ->
                new LakeStatus(
                    row.getLong(1),
                    row.getLong(2),
                    row.getLong(3),
                    row.getLong(4),
                    row.getLong(5),
                    row.getLong(6),
                    problems.isEmpty() ? null : problems.get(0)))
        .get(0);
  }

  private static Job job(ResultRow row) throws SQLException, IOException {
    return new Job(
        new Id(row.getString(1)),
        row.getString(2).equals("wanted"),
        row.getLong(3),
        Json.MAPPER.readValue(row.getString(4), TEXTS),
        row.getInt(5));
  }
}
