package whorl.collector.store.audit;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.access.Scope;
import whorl.collector.store.access.ScopedRows;
import whorl.collector.store.database.Database;
import whorl.evidence.Id;
import whorl.evidence.Json;

/**
 * The custody log by time, person and act. Rows are made from the log in its order, by whichever
 * collector comes first, and how far that is is written with them. Thread-safe.
 */
public final class AuditLedger {
  private static final int FILLED_AT_ONCE = 500;

  private final Database database;
  private final ScopedRows rows;

  public AuditLedger(Database database) {
    this.database = database;
    this.rows = new ScopedRows(database);
  }

  /**
   * A row to add.
   *
   * @param owner who made the API token that acted; else as {@code who}
   * @param origin whose the thing is; null if that is not known yet
   */
  public record Row(AuditEntry entry, String owner, @Nullable String origin) {}

  /** Makes the rows of the next lines of the log. */
  @FunctionalInterface
  public interface Reading {
    /**
     * @param next the first line that is not read yet
     */
    Read read(long next) throws IOException;
  }

  /**
   * Lines that were read.
   *
   * @param lines how many
   * @param rows of those that are entries
   */
  public record Read(int lines, List<Row> rows) {}

  /** The first line of the log that has no row yet. */
  public long next() throws IOException {
    return database
        .query("SELECT next_line FROM audit_progress WHERE one = 1", row -> row.getLong(1))
        .get(0);
  }

  /**
   * Adds the rows of the next lines. If another collector did so meanwhile, nothing is added.
   *
   * @return how many lines were read
   */
  public int add(Reading reading) throws IOException {
    long next = next();
    Read read = reading.read(next);
    if (read.lines() == 0) {
      return 0;
    }
    List<@Nullable Object[]> added = new ArrayList<>();
    for (Row row : read.rows()) {
      AuditEntry entry = row.entry();
      added.add(
          new @Nullable Object[] {
            position(entry.time(), entry.sequence()),
            entry.sequence(),
            entry.action(),
            entry.actor(),
            entry.who(),
            row.owner(),
            entry.evidence() == null ? null : entry.evidence().value(),
            row.origin(),
            Json.text(entry)
          });
    }
    return database.inTransaction(
        () -> {
          int moved =
              database.update(
                  "UPDATE audit_progress SET next_line = ? WHERE one = 1 AND next_line = ?",
                  next + read.lines(),
                  next);
          if (moved == 0) {
            return read.lines(); // by another collector
          }
          int[] unused =
              database.updateAll(
                  "INSERT INTO audit_entries (at_entry, sequence, action, kind, who, owner,"
                      + " evidence, origin, record) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
                      + " ON CONFLICT (sequence) DO NOTHING",
                  added);
          return read.lines();
        });
  }

  /** The origin of what is known of this evidence; null if nothing is. */
  public @Nullable String originOf(Id evidence) throws IOException {
    List<String> found =
        database.query(
            "SELECT origin FROM audit_entries WHERE evidence = ? AND origin IS NOT NULL LIMIT 1",
            row -> row.getString(1),
            evidence.value());
    return found.isEmpty() ? null : found.get(0);
  }

  /** Gives entries since a time the origin of their evidence, where that is known by now. */
  public int fill(Instant since) throws IOException {
    return database.update(
        "UPDATE audit_entries SET origin = (SELECT e.origin FROM evidence e"
            + " WHERE e.id = audit_entries.evidence) WHERE at_entry IN (SELECT a.at_entry FROM"
            + " audit_entries a JOIN evidence e ON e.id = a.evidence WHERE a.origin IS NULL"
            + " AND e.origin IS NOT NULL AND a.at_entry >= ? LIMIT "
            + FILLED_AT_ONCE
            + ")",
        position(since, 0));
  }

  /**
   * A filter; null means any.
   *
   * @param who a name in custody; also what API tokens of this person did
   * @param actions words of the log; empty means any
   * @param kind {@code person}, {@code agent} or {@code collector}
   */
  public record Filter(
      @Nullable Instant from,
      @Nullable Instant to,
      @Nullable String who,
      Set<String> actions,
      @Nullable String kind,
      @Nullable Id evidence) {}

  /**
   * A page of entries, the newest first.
   *
   * @param next the cursor of the next page; null on the last one
   */
  public record Page(List<AuditEntry> entries, @Nullable String next) {}

  private record Positioned(String position, AuditEntry entry) {}

  /** A page of the entries about what the scope holds; with everything, of all entries. */
  public Page page(Scope scope, Filter filter, @Nullable String cursor, int limit)
      throws IOException {
    StringBuilder where = new StringBuilder("at_entry < ?");
    List<Object> arguments = new ArrayList<>();
    arguments.add(cursor == null ? "A" : cursor); // after all digits
    if (filter.from() != null) {
      where.append(" AND at_entry >= ?");
      arguments.add(position(filter.from(), 0));
    }
    if (filter.to() != null) {
      where.append(" AND at_entry < ?");
      arguments.add(position(filter.to(), 0));
    }
    if (filter.who() != null) {
      where.append(" AND (owner = ? OR who = ?)");
      arguments.add(filter.who());
      arguments.add(filter.who());
    }
    if (!filter.actions().isEmpty()) {
      where
          .append(" AND action IN (")
          .append(String.join(", ", Collections.nCopies(filter.actions().size(), "?")))
          .append(')');
      arguments.addAll(filter.actions());
    }
    if (filter.kind() != null) {
      where.append(" AND kind = ?");
      arguments.add(filter.kind());
    }
    if (filter.evidence() != null) {
      where.append(" AND evidence = ?");
      arguments.add(filter.evidence().value());
    }
    List<Positioned> found =
        rows.read(
            scope,
            new ScopedRows.Page(
                "at_entry, record",
                "audit_entries",
                where.toString(),
                arguments,
                "at_entry DESC",
                limit + 1,
                filter.who() != null || filter.evidence() != null),
            row ->
                new Positioned(
                    row.getString(1), Json.LENIENT.readValue(row.getString(2), AuditEntry.class)));
    boolean more = found.size() > limit;
    List<Positioned> shown = more ? found.subList(0, limit) : found;
    return new Page(
        shown.stream().map(Positioned::entry).toList(),
        more ? shown.get(limit - 1).position() : null);
  }

  /** Sorts as text like the time, and at one time like the sequence. */
  private static String position(Instant time, long sequence) {
    long millis = Math.max(0, time.toEpochMilli());
    return String.format(Locale.ROOT, "%015d-%015d", millis, Math.max(0, sequence));
  }
}
