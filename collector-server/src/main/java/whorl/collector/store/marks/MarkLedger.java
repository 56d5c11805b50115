package whorl.collector.store.marks;

import com.fasterxml.jackson.core.type.TypeReference;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.ResultRow;
import whorl.evidence.Id;
import whorl.evidence.Json;

/**
 * The marks on rows. They are beside the cases, since they can't be rebuilt from evidence. Each
 * person has at most one on a row, so nobody changes what others have written. Thread-safe.
 */
public final class MarkLedger {
  /** The maximum number of marks on one piece of evidence. */
  public static final int MAX = 10_000;

  private static final int AT_ONCE = 100;
  private static final TypeReference<List<String>> TAGS = new TypeReference<>() {};
  private static final String COLUMNS =
      "seq, identity, ordinal, row_number, source_nanos, row_time, row_type, message, who, star,"
          + " tags, note, version, at, changed_at";

  private final Database database;

  public MarkLedger(Database database) {
    this.database = database;
  }

  /** The outcome of a change. */
  public enum Outcome {
    DONE,
    /** The mark is not the version that the caller has seen. */
    CHANGED_MEANWHILE,
    /** The evidence has {@link #MAX} marks. */
    FULL
  }

  /** The keys of all marks on this evidence, by the rows' numbers; they are small. */
  public List<RowMark.Key> keys(Id evidence) throws IOException {
    return database.query(
        "SELECT seq, identity, ordinal, row_number, source_nanos, star, tags,"
            + " CASE WHEN note IS NULL THEN 0 ELSE 1 END"
            + " FROM row_marks WHERE evidence = ? ORDER BY row_number, seq LIMIT ?",
        MarkLedger::key,
        evidence.value(),
        MAX);
  }

  /** Those of this evidence that have marks. */
  public Set<Id> marked(List<Id> evidence) throws IOException {
    Set<Id> marked = new HashSet<>();
    for (int from = 0; from < evidence.size(); from += AT_ONCE) {
      List<Id> next = evidence.subList(from, Math.min(evidence.size(), from + AT_ONCE));
      marked.addAll(
          database.query(
              "SELECT DISTINCT evidence FROM row_marks WHERE evidence IN ("
                  + String.join(", ", Collections.nCopies(next.size(), "?"))
                  + ")",
              row -> new Id(row.getString(1)),
              next.stream().map(Id::value).toArray()));
    }
    return marked;
  }

  /** Those of these marks that there are, in the order of their first writing. */
  public List<RowMark> marks(Collection<Long> seqs) throws IOException {
    List<RowMark> marks = new ArrayList<>();
    List<Long> sorted = seqs.stream().sorted().toList();
    for (int from = 0; from < sorted.size(); from += AT_ONCE) {
      List<Long> next = sorted.subList(from, Math.min(sorted.size(), from + AT_ONCE));
      marks.addAll(
          database.query(
              "SELECT "
                  + COLUMNS
                  + " FROM row_marks WHERE seq IN ("
                  + String.join(", ", Collections.nCopies(next.size(), "?"))
                  + ") ORDER BY seq",
              MarkLedger::mark,
              next.toArray()));
    }
    return marks;
  }

  /** The mark of this person on the row, or null. */
  public @Nullable RowMark find(Id evidence, MarkedRow row, String by) throws IOException {
    List<RowMark> found =
        database.query(
            "SELECT "
                + COLUMNS
                + " FROM row_marks WHERE evidence = ? AND identity = ? AND ordinal = ? AND who = ?",
            MarkLedger::mark,
            evidence.value(),
            row.identity(),
            row.ordinal(),
            by);
    return found.isEmpty() ? null : found.get(0);
  }

  /** Adds the mark of a person who has none on this row. */
  public Outcome add(Id evidence, MarkedRow row, RowMark.Content content, String by, Instant now)
      throws IOException {
    int added =
        database.update(
            "INSERT INTO row_marks (evidence, identity, ordinal, who, row_number, source_nanos,"
                + " row_time, row_type, message, star, tags, note, version, at, changed_at)"
                + " SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?"
                + " WHERE (SELECT count(*) FROM row_marks WHERE evidence = ?) < ?"
                + " ON CONFLICT DO NOTHING",
            evidence.value(),
            row.identity(),
            row.ordinal(),
            by,
            row.number(),
            row.sourceNanos(),
            row.time().toString(),
            row.type(),
            row.message(),
            content.star() ? 1 : 0,
            Json.text(content.tags()),
            content.note(),
            now.toEpochMilli(),
            now.toEpochMilli(),
            evidence.value(),
            MAX);
    if (added > 0) {
      return Outcome.DONE;
    }
    return find(evidence, row, by) == null ? Outcome.FULL : Outcome.CHANGED_MEANWHILE;
  }

  /** Changes a mark that is as it was read. */
  public Outcome change(RowMark before, RowMark.Content content, Instant now) throws IOException {
    return database.update(
                "UPDATE row_marks SET star = ?, tags = ?, note = ?, version = version + 1,"
                    + " changed_at = ? WHERE seq = ? AND version = ?",
                content.star() ? 1 : 0,
                Json.text(content.tags()),
                content.note(),
                now.toEpochMilli(),
                before.seq(),
                before.version())
            > 0
        ? Outcome.DONE
        : Outcome.CHANGED_MEANWHILE;
  }

  /** Removes a mark that is as it was read. */
  public Outcome remove(RowMark before) throws IOException {
    return database.update(
                "DELETE FROM row_marks WHERE seq = ? AND version = ?",
                before.seq(),
                before.version())
            > 0
        ? Outcome.DONE
        : Outcome.CHANGED_MEANWHILE;
  }

  /**
   * Notes where a new index has the rows.
   *
   * @param numbers of the rows, by marks
   */
  public void moved(Map<Long, Long> numbers) throws IOException {
    List<@Nullable Object[]> changes = new ArrayList<>();
    numbers.forEach((seq, number) -> changes.add(new @Nullable Object[] {number, seq}));
    int[] unused = database.updateAll("UPDATE row_marks SET row_number = ? WHERE seq = ?", changes);
  }

  /** Removes all marks on purged evidence. */
  public void purged(Id evidence) throws IOException {
    int unused = database.update("DELETE FROM row_marks WHERE evidence = ?", evidence.value());
  }

  private static RowMark.Key key(ResultRow row) throws SQLException, IOException {
    return new RowMark.Key(
        row.getLong(1),
        row.getString(2),
        row.getInt(3),
        row.getLong(4),
        row.getLong(5),
        row.getInt(6) == 1,
        Json.LENIENT.readValue(row.getString(7), TAGS),
        row.getInt(8) == 1);
  }

  private static RowMark mark(ResultRow row) throws SQLException, IOException {
    return new RowMark(
        row.getLong(1),
        new MarkedRow(
            row.getString(2),
            row.getInt(3),
            row.getLong(4),
            row.getLong(5),
            Instant.parse(row.getString(6)),
            row.getString(7),
            row.getString(8)),
        row.getString(9),
        new RowMark.Content(
            row.getInt(10) == 1,
            Json.LENIENT.readValue(row.getString(11), TAGS),
            row.getString(12)),
        row.getLong(13),
        Instant.ofEpochMilli(row.getLong(14)),
        Instant.ofEpochMilli(row.getLong(15)));
  }
}
