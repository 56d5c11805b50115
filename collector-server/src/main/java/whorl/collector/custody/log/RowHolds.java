package whorl.collector.custody.log;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.ResultRow;
import whorl.evidence.Id;

/** The holds of a shared log, in a table that changes together with the entries. Thread-safe. */
final class RowHolds implements HoldIndex {
  private static final String COLUMNS =
      "SELECT evidence, holder, actor, at, reason FROM custody_holds";

  private final Database database;

  RowHolds(Database database) {
    this.database = database;
  }

  /** Applies an entry's change, in the transaction that appends the entry. */
  void accept(HoldChange change, long sequence) throws IOException {
    String evidence = change.evidence() == null ? "" : change.evidence().value();
    if (change.held()) {
      database.update(
          "INSERT INTO custody_holds (evidence, holder, sequence, actor, at, reason)"
              + " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (evidence, holder) DO UPDATE SET"
              + " sequence = excluded.sequence, actor = excluded.actor, at = excluded.at,"
              + " reason = excluded.reason",
          evidence,
          change.holder(),
          sequence,
          change.by(),
          change.at().toString(),
          change.reason());
    } else {
      database.update(
          "DELETE FROM custody_holds WHERE evidence = ? AND holder = ?", evidence, change.holder());
    }
  }

  @Override
  public List<HoldChange> of(Id evidence) throws IOException {
    return database.query(
        COLUMNS + " WHERE evidence = ? ORDER BY sequence", RowHolds::change, evidence.value());
  }

  @Override
  public List<Id> heldAfter(@Nullable String evidence, int limit) throws IOException {
    return database.query(
        "SELECT DISTINCT evidence FROM custody_holds WHERE evidence > ? ORDER BY evidence LIMIT ?",
        row -> new Id(row.getString(1)),
        evidence == null ? "" : evidence,
        limit);
  }

  @Override
  public List<HoldChange> cases() throws IOException {
    return database.query(COLUMNS + " WHERE evidence = '' ORDER BY sequence", RowHolds::change);
  }

  @Override
  public List<Id> heldBy(Id ofCase) throws IOException {
    return database.query(
        "SELECT evidence FROM custody_holds WHERE holder = ? AND evidence <> '' ORDER BY evidence",
        row -> new Id(row.getString(1)),
        ofCase.value());
  }

  @Override
  public long size() throws IOException {
    return database
        .query(
            "SELECT COUNT(DISTINCT evidence) FROM custody_holds WHERE evidence <> ''",
            row -> row.getLong(1))
        .get(0);
  }

  private static HoldChange change(ResultRow row) throws SQLException {
    String evidence = row.getString(1);
    String holder = row.getString(2);
    return new HoldChange(
        evidence.isEmpty() ? null : new Id(evidence),
        holder.isEmpty() ? null : new Id(holder),
        true,
        row.getString(3),
        Instant.parse(row.getString(4)),
        row.getString(5));
  }
}
