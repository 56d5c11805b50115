package whorl.collector.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.evidence.CaptureState;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/**
 * Which evidence there is, newest first: an index over the store's records that can be made again
 * from them at any time. Thread-safe.
 */
public final class Catalog {
  private final Database database;

  private Catalog(Database database) {
    this.database = database;
  }

  /**
   * Creates the table where there is none. One of an earlier version is dropped: recovery fills the
   * new one from the records.
   */
  public static Catalog open(Database database) throws IOException {
    List<String> columns =
        database.query("PRAGMA table_info(evidence)", row -> row.getString("name"));
    if (!columns.isEmpty() && !columns.contains("class")) {
      database.update("DROP TABLE evidence");
    }
    database.update(
        "CREATE TABLE IF NOT EXISTS evidence (id TEXT PRIMARY KEY, sealed_at INTEGER NOT NULL,"
            + " service TEXT NOT NULL, agent TEXT NOT NULL, capture TEXT NOT NULL,"
            + " state TEXT NOT NULL, record TEXT NOT NULL, class TEXT NOT NULL,"
            + " bytes INTEGER NOT NULL)");
    database.update(
        "CREATE INDEX IF NOT EXISTS evidence_newest ON evidence (sealed_at DESC, id DESC)");
    database.update("CREATE INDEX IF NOT EXISTS evidence_capture ON evidence (capture)");
    return new Catalog(database);
  }

  /**
   * What is asked for.
   *
   * @param service of this service; null for all, and so on
   */
  public record Filter(
      @Nullable String service, @Nullable Id agent, @Nullable CaptureState state) {}

  /**
   * A part of the list.
   *
   * @param next where the next page starts; null on the last one
   */
  public record Page(List<Id> evidence, @Nullable String next) {}

  private record Row(Id id, long sealedAtMillis) {}

  /**
   * One row, as retention sees it.
   *
   * @param bytes of all artifacts together
   */
  public record Kept(Id id, EvidenceClass of, Instant sealedAt, long bytes) {}

  /** Adds the evidence, or brings its row up to date. */
  public void put(EvidenceRecord record, Digest recordSha256) throws IOException {
    database.update(
        "INSERT INTO evidence"
            + " (id, sealed_at, service, agent, capture, state, record, class, bytes)"
            + " VALUES (?,?,?,?,?,?,?,?,?) ON CONFLICT (id) DO UPDATE SET"
            + " sealed_at = excluded.sealed_at, service = excluded.service,"
            + " agent = excluded.agent, capture = excluded.capture, state = excluded.state,"
            + " record = excluded.record, class = excluded.class, bytes = excluded.bytes",
        record.id().value(),
        record.sealedAt().toEpochMilli(),
        record.service(),
        record.agent().value(),
        record.capture().value(),
        record.state().word(),
        recordSha256.hex(),
        EvidenceClass.of(record).word(),
        record.totalBytes());
  }

  /** Evidence whose record is gone, where there is no row of it. */
  public void putLost(Id evidence, Id agent, Instant sealedAt) throws IOException {
    database.update(
        "INSERT OR IGNORE INTO evidence"
            + " (id, sealed_at, service, agent, capture, state, record, class, bytes)"
            + " VALUES (?,?,'unknown',?,'','lost',?,?,0)",
        evidence.value(),
        sealedAt.toEpochMilli(),
        agent.value(),
        "0".repeat(64),
        EvidenceClass.FAILED.word());
  }

  /**
   * What is known of evidence, whether or not its record is there.
   *
   * @param capture null where it is not known
   */
  public record Summary(
      Id id, Instant sealedAt, String service, Id agent, @Nullable Id capture, long bytes) {}

  /** The row of this evidence; null where there is none. */
  public @Nullable Summary summary(Id evidence) throws IOException {
    List<Summary> rows =
        database.query(
            "SELECT sealed_at, service, agent, capture, bytes FROM evidence WHERE id = ?",
            row ->
                new Summary(
                    evidence,
                    Instant.ofEpochMilli(row.getLong(1)),
                    row.getString(2),
                    new Id(row.getString(3)),
                    row.getString(4).isEmpty() ? null : new Id(row.getString(4)),
                    row.getLong(5)),
            evidence.value());
    return rows.isEmpty() ? null : rows.get(0);
  }

  public void remove(Id evidence) throws IOException {
    database.update("DELETE FROM evidence WHERE id = ?", evidence.value());
  }

  /** The digest of each row's record. */
  public Map<Id, Digest> records() throws IOException {
    Map<Id, Digest> records = new HashMap<>();
    database.query(
        "SELECT id, record FROM evidence",
        row -> records.put(new Id(row.getString(1)), new Digest(row.getString(2))));
    return records;
  }

  /** How many rows there are. */
  public long size() throws IOException {
    return database.query("SELECT count(*) FROM evidence", row -> row.getLong(1)).get(0);
  }

  /**
   * Newest first.
   *
   * @param cursor a page's {@code next}; null for the first page
   * @throws IllegalArgumentException when {@code cursor} is none of ours
   */
  public Page page(Filter filter, @Nullable String cursor, int limit) throws IOException {
    StringBuilder where = new StringBuilder();
    List<Object> arguments = new ArrayList<>();
    also(where, arguments, "service = ?", filter.service());
    also(where, arguments, "agent = ?", filter.agent() == null ? null : filter.agent().value());
    also(where, arguments, "state = ?", filter.state() == null ? null : filter.state().word());
    if (cursor != null) {
      Row after = decode(cursor);
      where.append(where.isEmpty() ? " WHERE " : " AND ").append("(sealed_at, id) < (?, ?)");
      arguments.add(after.sealedAtMillis());
      arguments.add(after.id().value());
    }
    arguments.add(limit + 1);
    List<Row> rows =
        database.query(
            "SELECT id, sealed_at FROM evidence"
                + where
                + " ORDER BY sealed_at DESC, id DESC LIMIT ?",
            row -> new Row(new Id(row.getString(1)), row.getLong(2)),
            arguments.toArray());
    List<Row> shown = rows.size() > limit ? rows.subList(0, limit) : rows;
    String next = rows.size() > limit ? encode(shown.get(limit - 1)) : null;
    return new Page(shown.stream().map(Row::id).toList(), next);
  }

  /**
   * The oldest first.
   *
   * @param after the last one of the page before; null for the first page
   */
  public List<Kept> oldest(@Nullable Kept after, int limit) throws IOException {
    return database.query(
        "SELECT id, class, sealed_at, bytes FROM evidence WHERE (sealed_at, id) > (?, ?)"
            + " ORDER BY sealed_at, id LIMIT ?",
        row ->
            new Kept(
                new Id(row.getString(1)),
                EvidenceClass.of(row.getString(2)),
                Instant.ofEpochMilli(row.getLong(3)),
                row.getLong(4)),
        after == null ? Long.MIN_VALUE : after.sealedAt().toEpochMilli(),
        after == null ? "" : after.id().value(),
        limit);
  }

  private static void also(
      StringBuilder where, List<Object> arguments, String condition, @Nullable Object value) {
    if (value != null) {
      where.append(where.isEmpty() ? " WHERE " : " AND ").append(condition);
      arguments.add(value);
    }
  }

  private static String encode(Row row) {
    String text = row.sealedAtMillis() + ":" + row.id();
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static Row decode(String cursor) {
    try {
      String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.US_ASCII);
      int colon = text.indexOf(':');
      return new Row(
          new Id(text.substring(colon + 1)),
          Instant.ofEpochMilli(Long.parseLong(text.substring(0, colon))).toEpochMilli());
    } catch (RuntimeException e) {
      throw new IllegalArgumentException("not a cursor of this list", e);
    }
  }
}
