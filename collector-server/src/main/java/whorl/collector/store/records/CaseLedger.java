package whorl.collector.store.records;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.ResultRow;
import whorl.evidence.Id;

/**
 * Cases, their tags, their evidence and their notes. The ledger has its own file: unlike the
 * catalog it cannot be rebuilt from other files. Changes are durable when a method returns.
 * Thread-safe; use {@link #together} for changes that belong together.
 */
public final class CaseLedger {
  private static final String CASE =
      "SELECT seq, id, title, description, closed, created_at, created_by,"
          + " (SELECT count(*) FROM case_evidence WHERE of_case = cases.id),"
          + " (SELECT count(*) FROM case_notes WHERE of_case = cases.id) FROM cases";

  private static final int SECOND_CHARS = 19;

  private final Database database;

  public CaseLedger(Database database) {
    this.database = database;
  }

  /**
   * A filter for a list of cases; null means any.
   *
   * @param evidence only cases with this evidence
   * @param from only what was made then or later, to the second; as {@code to}
   * @param to only what was made then or earlier
   */
  public record Filter(
      @Nullable Boolean closed,
      @Nullable String tag,
      @Nullable Id evidence,
      @Nullable Instant from,
      @Nullable Instant to) {
    /** A filter for any time. */
    public Filter(@Nullable Boolean closed, @Nullable String tag, @Nullable Id evidence) {
      this(closed, tag, evidence, null, null);
    }
  }

  private record Row(long seq, CaseRecord found) {}

  private record NoteRow(long seq, NoteRecord note) {}

  /** Runs changes in one transaction, once; an exception undoes all of them. */
  public <T> T together(Database.Transaction<T> changes) throws IOException {
    return database.inTransactionOnce(changes);
  }

  public void insert(CaseRecord added) throws IOException {
    database.update(
        "INSERT INTO cases (id, title, description, closed, created_at, created_by)"
            + " VALUES (?, ?, ?, ?, ?, ?)",
        added.id().value(),
        added.title(),
        added.description(),
        added.closed() ? 1 : 0,
        added.createdAt().toString(),
        added.createdBy());
    tag(added);
  }

  /** Updates title, description, state and tags. */
  public void update(CaseRecord changed) throws IOException {
    database.update(
        "UPDATE cases SET title = ?, description = ?, closed = ? WHERE id = ?",
        changed.title(),
        changed.description(),
        changed.closed() ? 1 : 0,
        changed.id().value());
    database.update("DELETE FROM case_tags WHERE of_case = ?", changed.id().value());
    tag(changed);
  }

  /** Deletes the case with its notes; its evidence stays in the store. */
  public void delete(Id id) throws IOException {
    database.update("DELETE FROM case_tags WHERE of_case = ?", id.value());
    database.update("DELETE FROM case_evidence WHERE of_case = ?", id.value());
    database.update("DELETE FROM case_notes WHERE of_case = ?", id.value());
    database.update("DELETE FROM case_origins WHERE of_case = ?", id.value());
    database.update("DELETE FROM cases WHERE id = ?", id.value());
  }

  /** The case, or null. */
  public @Nullable CaseRecord find(Id id) throws IOException {
    List<CaseRecord> found =
        database.query(CASE + " WHERE id = ?", row -> row(row).found(), id.value());
    return found.isEmpty() ? null : tagged(found.get(0));
  }

  /**
   * As {@link #find}, but inside {@link #together} the case stays as it is until the end of the
   * changes: other collectors wait.
   */
  public @Nullable CaseRecord findAndLock(Id id) throws IOException {
    database.query(
        "SELECT 1 FROM cases WHERE id = ?" + database.forUpdate(),
        row -> row.getInt(1),
        id.value());
    return find(id); // sees what others have committed while this one waited
  }

  /** The number of cases. */
  public long count() throws IOException {
    return database.query("SELECT count(*) FROM cases", row -> row.getLong(1)).get(0);
  }

  /** A page of cases, newest first; {@code before} is the previous page's {@link Page#next}. */
  public Page<CaseRecord> page(Filter filter, @Nullable Long before, int limit) throws IOException {
    StringBuilder sql = new StringBuilder(CASE + " WHERE seq < ?");
    List<@Nullable Object> arguments = new ArrayList<>();
    arguments.add(before == null ? Long.MAX_VALUE : before);
    if (filter.closed() != null) {
      sql.append(" AND closed = ?");
      arguments.add(filter.closed() ? 1 : 0);
    }
    if (filter.tag() != null) {
      sql.append(" AND id IN (SELECT of_case FROM case_tags WHERE tag = ?)");
      arguments.add(filter.tag());
    }
    if (filter.evidence() != null) {
      sql.append(" AND id IN (SELECT of_case FROM case_evidence WHERE evidence = ?)");
      arguments.add(filter.evidence().value());
    }
    addTime(sql, arguments, " >= ?", filter.from());
    addTime(sql, arguments, " <= ?", filter.to());
    sql.append(" ORDER BY seq DESC LIMIT ?");
    arguments.add(limit + 1);
    List<Row> rows = new ArrayList<>();
    for (Row row : database.query(sql.toString(), CaseLedger::row, arguments.toArray())) {
      rows.add(new Row(row.seq(), tagged(row.found())));
    }
    return Page.of(rows, limit, Row::found, Row::seq);
  }

  /** Times are texts with or without a fraction of a second, so their first characters count. */
  private static void addTime(
      StringBuilder sql, List<@Nullable Object> arguments, String order, @Nullable Instant time) {
    if (time != null) {
      sql.append(" AND substr(created_at, 1, 19)").append(order);
      arguments.add(time.truncatedTo(ChronoUnit.SECONDS).toString().substring(0, SECOND_CHARS));
    }
  }

  /** Adds evidence to the case; false if it was in the case already. */
  public boolean add(Id id, Id evidence) throws IOException {
    return database.update(
            "INSERT INTO case_evidence (of_case, evidence) VALUES (?, ?) ON CONFLICT DO NOTHING",
            id.value(),
            evidence.value())
        > 0;
  }

  /** Removes evidence from the case; false if it was not in the case. */
  public boolean remove(Id id, Id evidence) throws IOException {
    return database.update(
            "DELETE FROM case_evidence WHERE of_case = ? AND evidence = ?",
            id.value(),
            evidence.value())
        > 0;
  }

  /** True if the case has this evidence. */
  public boolean has(Id id, Id evidence) throws IOException {
    return !database
        .query(
            "SELECT 1 FROM case_evidence WHERE of_case = ? AND evidence = ?",
            row -> row.getInt(1),
            id.value(),
            evidence.value())
        .isEmpty();
  }

  /** The evidence of a case, sorted by id. */
  public List<Id> evidence(Id id, int limit) throws IOException {
    return database.query(
        "SELECT evidence FROM case_evidence WHERE of_case = ? ORDER BY evidence LIMIT ?",
        row -> new Id(row.getString(1)),
        id.value(),
        limit);
  }

  /** Notes whose evidence the case has had. */
  public void addOrigin(Id id, String origin) throws IOException {
    database.update(
        "INSERT INTO case_origins (of_case, origin) VALUES (?, ?) ON CONFLICT DO NOTHING",
        id.value(),
        origin);
  }

  /** Whose evidence the case has ever had, since this is noted. */
  public List<String> origins(Id id) throws IOException {
    return database.query(
        "SELECT origin FROM case_origins WHERE of_case = ? ORDER BY origin",
        row -> row.getString(1),
        id.value());
  }

  /** The position of a case in the list: {@link Page#next} of a page that ends with it, or null. */
  public @Nullable Long position(Id id) throws IOException {
    List<Long> found =
        database.query("SELECT seq FROM cases WHERE id = ?", row -> row.getLong(1), id.value());
    return found.isEmpty() ? null : found.get(0);
  }

  /** The evidence of all cases, without duplicates. */
  public List<Id> allEvidence() throws IOException {
    return database.query(
        "SELECT DISTINCT evidence FROM case_evidence", row -> new Id(row.getString(1)));
  }

  /** The cases with this evidence. */
  public List<Id> casesOf(Id evidence) throws IOException {
    return database.query(
        "SELECT of_case FROM case_evidence WHERE evidence = ?",
        row -> new Id(row.getString(1)),
        evidence.value());
  }

  public void note(Id id, NoteRecord note) throws IOException {
    database.update(
        "INSERT INTO case_notes (id, of_case, at, by, text, row) VALUES (?, ?, ?, ?, ?, ?)",
        note.id().value(),
        id.value(),
        note.at().toString(),
        note.by(),
        note.text(),
        note.row());
  }

  /** The newest notes of a case, oldest first. */
  public List<NoteRecord> newestNotes(Id id, int limit) throws IOException {
    List<NoteRecord> notes =
        new ArrayList<>(
            database.query(
                "SELECT seq, id, at, by, text, row FROM case_notes WHERE of_case = ?"
                    + " ORDER BY seq DESC LIMIT ?",
                row -> note(row).note(),
                id.value(),
                limit));
    Collections.reverse(notes);
    return notes;
  }

  /**
   * A page of a case's notes, oldest first; {@code after} is the previous page's {@link Page#next}.
   */
  public Page<NoteRecord> notes(Id id, @Nullable Long after, int limit) throws IOException {
    List<NoteRow> rows =
        database.query(
            "SELECT seq, id, at, by, text, row FROM case_notes WHERE of_case = ? AND seq > ?"
                + " ORDER BY seq LIMIT ?",
            CaseLedger::note,
            id.value(),
            after == null ? -1 : after,
            limit + 1);
    return Page.of(rows, limit, NoteRow::note, NoteRow::seq);
  }

  private void tag(CaseRecord tagged) throws IOException {
    Collection<String> tags = tagged.tags();
    for (String tag : tags) {
      database.update(
          "INSERT INTO case_tags (of_case, tag) VALUES (?, ?) ON CONFLICT DO NOTHING",
          tagged.id().value(),
          tag);
    }
  }

  private CaseRecord tagged(CaseRecord bare) throws IOException {
    List<String> tags =
        database.query(
            "SELECT tag FROM case_tags WHERE of_case = ? ORDER BY tag",
            row -> row.getString(1),
            bare.id().value());
    return new CaseRecord(
        bare.id(),
        bare.title(),
        bare.description(),
        bare.closed(),
        bare.createdAt(),
        bare.createdBy(),
        tags,
        bare.evidence(),
        bare.notes());
  }

  private static Row row(ResultRow row) throws SQLException {
    return new Row(
        row.getLong(1),
        new CaseRecord(
            new Id(row.getString(2)),
            row.getString(3),
            row.getString(4),
            row.getInt(5) == 1,
            Instant.parse(row.getString(6)),
            row.getString(7),
            List.of(),
            row.getInt(8),
            row.getInt(9)));
  }

  private static NoteRow note(ResultRow row) throws SQLException {
    return new NoteRow(
        row.getLong(1),
        new NoteRecord(
            new Id(row.getString(2)),
            Instant.parse(row.getString(3)),
            row.getString(4),
            row.getString(5),
            row.getString(6)));
  }
}
