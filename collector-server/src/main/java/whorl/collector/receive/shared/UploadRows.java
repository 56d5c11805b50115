package whorl.collector.receive.shared;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.limit.Client;
import whorl.collector.receive.uploads.Upload;
import whorl.collector.receive.uploads.UploadInUseException;
import whorl.collector.receive.uploads.UploadMetadata;
import whorl.collector.store.database.Database;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/**
 * The table of uploads. A change needs the lock of the row, which is its {@code holder}: the
 * statement that changes it checks in the same moment that nobody has taken it over. Thread-safe.
 */
final class UploadRows {
  /** The arguments of a statement are bounded in number. */
  static final int BATCH = 200;

  private static final String LOCK =
      "UPDATE uploads SET holder = ?, held_until = %1$s + ?, revision = revision + 1,"
          + " interrupted = CASE WHEN holder = '' THEN interrupted ELSE 1 END";
  private static final String FREE = " (holder = '' OR held_until < %1$s)";
  private static final String IN_TURN =
      " AND EXISTS (SELECT 1 FROM upload_evidence e WHERE e.evidence = uploads.evidence"
          + " AND e.holder = ?)";

  /**
   * Earlier versions stored the state of a digest, and go on with it. They cannot read this one, so
   * they fail rather than take the digest of the bytes that follow for that of all.
   */
  private static final String NO_STATE = "-";

  private static final String GIVEN_BACK = ", holder = '', held_until = 0";
  private static final String INSERT =
      "INSERT INTO uploads (id, evidence, capture, agent, artifact, folded, media_type, size,"
          + " streamed, network, part_bytes, received, sha256, holder, revision, held_until,"
          + " touched_at)";

  private final Database database;
  private final String now;
  private final long leaseMillis;

  UploadRows(Database database, long leaseMillis) {
    this.database = database;
    this.now = database.nowMillis();
    this.leaseMillis = leaseMillis;
  }

  private String sql(String template) {
    return template.replace("%1$s", now);
  }

  @Nullable UploadRow find(String id) throws IOException {
    return first(
        database.query(
            "SELECT " + UploadRow.COLUMNS + " FROM uploads WHERE id = ? AND aside = 0",
            UploadRow::read,
            id));
  }

  private static <T> @Nullable T first(List<T> rows) {
    return rows.isEmpty() ? null : rows.get(0);
  }

  /**
   * Locks a row.
   *
   * @return null if there is none
   * @throws UploadInUseException if it is locked
   */
  @Nullable UploadRow lock(String id, String holder) throws IOException {
    UploadRow locked =
        first(
            database.query(
                sql(LOCK + " WHERE id = ? AND aside = 0 AND" + FREE + " RETURNING ")
                    + UploadRow.COLUMNS,
                UploadRow::read,
                holder,
                leaseMillis,
                id));
    if (locked == null) {
      UploadRow held = find(id);
      if (held != null) {
        throw new UploadInUseException("upload " + id, held.received());
      }
    }
    return locked;
  }

  /** Locks the rows of evidence that are free, or are this holder's already. */
  List<UploadRow> lockAll(Id evidence, String holder) throws IOException {
    return database.query(
        sql(LOCK + " WHERE evidence = ? AND (holder = ? OR" + FREE + ") RETURNING ")
            + UploadRow.COLUMNS,
        UploadRow::read,
        holder,
        leaseMillis,
        evidence.value(),
        holder);
  }

  /** Locks a row that is free, or is this holder's already; null if it is another's, or gone. */
  @Nullable UploadRow lockFree(String id, String holder) throws IOException {
    return first(
        database.query(
            sql(LOCK + " WHERE id = ? AND (holder = ? OR" + FREE + ") RETURNING ")
                + UploadRow.COLUMNS,
            UploadRow::read,
            holder,
            leaseMillis,
            id,
            holder));
  }

  /**
   * Gives back all rows of a holder.
   *
   * @param interrupted true if the object store may have more than the row says
   */
  void unlock(String holder, boolean interrupted) throws IOException {
    database.update(
        "UPDATE uploads SET holder = '', held_until = 0, interrupted = CASE WHEN ? = 1 THEN 1"
            + " ELSE interrupted END WHERE holder = ?",
        interrupted ? 1L : 0L,
        holder);
  }

  List<UploadRow> of(Id evidence) throws IOException {
    return database.query(
        "SELECT " + UploadRow.COLUMNS + " FROM uploads WHERE evidence = ? ORDER BY aside, artifact",
        UploadRow::read,
        evidence.value());
  }

  /** A new upload, with what its row needs besides the defaults. */
  record New(
      String id,
      UploadMetadata metadata,
      long length,
      String network,
      long partBytes,
      @Nullable Digest sha256,
      String holder) {}

  private static List<Object> values(New created) {
    UploadMetadata metadata = created.metadata();
    Digest sha256 = created.sha256();
    return new ArrayList<>(
        List.of(
            created.id(),
            metadata.evidence().value(),
            metadata.capture().value(),
            metadata.agent().value(),
            metadata.artifact().value(),
            metadata.artifact().value().toLowerCase(Locale.ROOT),
            metadata.mediaType(),
            created.length(),
            created.length() == Upload.UNKNOWN ? 1L : 0L,
            created.network(),
            created.partBytes(),
            0L,
            sha256 == null ? "" : sha256.hex(),
            created.holder(),
            created.holder().isEmpty() ? 0L : 1L,
            created.holder().isEmpty() ? 0L : 1L)); // times now and the length of a lease
  }

  private String insertValues() {
    return "CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT),"
        + " CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS BIGINT), CAST(? AS BIGINT),"
        + " CAST(? AS TEXT), CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS TEXT),"
        + " CAST(? AS TEXT), CAST(? AS BIGINT), CAST(? AS BIGINT) * ("
        + now
        + " + "
        + leaseMillis
        + "), "
        + now;
  }

  /** Inserts a row; the caller has the turn of its evidence. */
  void insert(New created) throws IOException {
    database.update(INSERT + " SELECT " + insertValues(), values(created).toArray());
  }

  /**
   * Inserts a row if its evidence is there, has no record, has a slot and is in no other's turn, if
   * the name is free, and if no limit is reached.
   *
   * @param perEvidence the number of uploads that the evidence may have
   * @param unfinished the number of unfinished uploads, of all agents
   * @return false if something speaks against it
   */
  boolean insertQuickly(New created, int perEvidence, int unfinished) throws IOException {
    UploadMetadata metadata = created.metadata();
    List<Object> arguments = values(created);
    Collections.addAll(
        arguments,
        metadata.evidence().value(),
        metadata.capture().value(),
        metadata.agent().value(),
        (long) perEvidence,
        (long) unfinished,
        created.network(),
        (long) Client.max(created.network(), unfinished / 2));
    return database.update(
            INSERT
                + " SELECT "
                + insertValues()
                + " FROM upload_evidence e WHERE e.evidence = ? AND e.capture = ? AND e.agent = ?"
                + sql(" AND e.kept = 0 AND e.held_until < %1$s AND e.slot_until > %1$s")
                + " AND (SELECT count(*) FROM uploads u WHERE u.evidence = e.evidence) < ?"
                + " AND (SELECT count(*) FROM uploads u WHERE u.sha256 = '') < ?"
                + " AND (SELECT count(*) FROM uploads u WHERE u.sha256 = '' AND u.network = ?) < ?"
                + " ON CONFLICT DO NOTHING",
            arguments.toArray())
        > 0;
  }

  /**
   * Writes the state after a chunk and gives the row back.
   *
   * @param tags of the parts that the chunk added, the last ones of the row
   * @return false if the holder has lost the row; nothing was written then
   */
  boolean save(UploadRow row, List<String> tags, String holder) throws IOException {
    if (tags.isEmpty()) {
      return update(row, holder, GIVEN_BACK);
    }
    return database.inTransaction(
        () -> {
          if (!update(row, holder, GIVEN_BACK)) {
            return false;
          }
          insertTags(row, tags);
          return true;
        });
  }

  private void insertTags(UploadRow row, List<String> tags) throws IOException {
    int first = row.parts() - tags.size() + 1;
    for (int from = 0; from < tags.size(); from += BATCH) {
      List<String> batch = tags.subList(from, Math.min(tags.size(), from + BATCH));
      List<Object> arguments = new ArrayList<>();
      for (String tag : batch) {
        Collections.addAll(arguments, row.id(), (long) first + from + arguments.size() / 3, tag);
      }
      database.update(
          "INSERT INTO upload_parts (upload, number, tag) VALUES "
              + String.join(", ", Collections.nCopies(batch.size(), "(?, ?, ?)"))
              + " ON CONFLICT (upload, number) DO UPDATE SET tag = excluded.tag",
          arguments.toArray());
    }
  }

  /** Writes the state, and keeps the lock; false if the holder has lost the row. */
  boolean change(UploadRow row, String holder) throws IOException {
    return update(row, holder, "");
  }

  private boolean update(UploadRow row, String holder, String also) throws IOException {
    Digest sha256 = row.sha256();
    return database.update(
            "UPDATE uploads SET size = ?, received = ?, sha256 = ?, digest_state = ?, parts = ?,"
                + " parts_key = ?, parts_upload = ?, rest = ?, interrupted = 0"
                + also
                + ", touched_at = "
                + now
                + " WHERE id = ? AND holder = ?",
            row.length(),
            row.received(),
            sha256 == null ? "" : sha256.hex(),
            row.received() == 0 || sha256 != null ? "" : NO_STATE,
            (long) row.parts(),
            row.partsKey(),
            row.partsUpload(),
            Rest.text(row.rest()),
            row.id(),
            holder)
        > 0;
  }

  /** The tags of the parts 1, 2, 3 … */
  List<String> tags(UploadRow row) throws IOException {
    return database.query(
        "SELECT tag FROM upload_parts WHERE upload = ? AND number <= ? ORDER BY number",
        found -> found.getString(1),
        row.id(),
        (long) row.parts());
  }

  /** Frees the name of a complete upload, in a turn; null if the upload or the turn is gone. */
  @Nullable UploadRow setAside(String id, String turn) throws IOException {
    return first(
        database.query(
            "UPDATE uploads SET aside = 1, size = received, revision = revision + 1 WHERE id = ?"
                + IN_TURN
                + " RETURNING "
                + UploadRow.COLUMNS,
            UploadRow::read,
            id,
            turn));
  }

  /** Deletes a row if the holder has it; false if not. */
  boolean delete(String id, String holder) throws IOException {
    return database.update("DELETE FROM uploads WHERE id = ? AND holder = ?", id, holder) > 0;
  }

  /** Deletes a row in a turn; false if the row or the turn is gone. */
  boolean deleteInTurn(String id, String turn) throws IOException {
    return database.update("DELETE FROM uploads WHERE id = ?" + IN_TURN, id, turn) > 0;
  }

  /**
   * Deletes rows of evidence, except those that were incomplete when they were read, and have been
   * locked since: more bytes may have come.
   */
  void delete(Id evidence, List<UploadRow> rows) throws IOException {
    for (int from = 0; from < rows.size(); from += BATCH) {
      List<UploadRow> batch = rows.subList(from, Math.min(rows.size(), from + BATCH));
      List<Object> arguments = new ArrayList<>();
      arguments.add(evidence.value());
      batch.forEach(
          row -> arguments.add(row.id() + ":" + (row.sha256() == null ? row.revision() : "")));
      database.update(
          "DELETE FROM uploads WHERE evidence = ? AND (id || ':' || CASE WHEN sha256 = ''"
              + " THEN CAST(revision AS TEXT) ELSE '' END) IN ("
              + questionMarks(batch.size())
              + ")",
          arguments.toArray());
    }
  }

  /** Those of these uploads that are not complete. */
  Set<String> incomplete(Collection<String> ids) throws IOException {
    return new HashSet<>(
        database.query(
            "SELECT id FROM uploads WHERE sha256 = '' AND id IN ("
                + questionMarks(ids.size())
                + ")",
            row -> row.getString(1),
            ids.toArray()));
  }

  /** The number of incomplete uploads. */
  int unfinished() throws IOException {
    return database
        .query("SELECT count(*) FROM uploads WHERE sha256 = ''", row -> row.getInt(1))
        .get(0);
  }

  int unfinishedFrom(String network) throws IOException {
    return database
        .query(
            "SELECT count(*) FROM uploads WHERE sha256 = '' AND network = ?",
            row -> row.getInt(1),
            network)
        .get(0);
  }

  /** Those of these digests that complete uploads have. */
  Set<Digest> content(Collection<Digest> digests) throws IOException {
    Set<Digest> found = new HashSet<>();
    List<Digest> all = List.copyOf(digests);
    for (int from = 0; from < all.size(); from += BATCH) {
      List<Digest> batch = all.subList(from, Math.min(all.size(), from + BATCH));
      found.addAll(
          database.query(
              "SELECT sha256 FROM uploads WHERE sha256 IN (" + questionMarks(batch.size()) + ")",
              row -> new Digest(row.getString(1)),
              batch.stream().map(Digest::hex).toArray()));
    }
    return found;
  }

  static String questionMarks(int count) {
    return String.join(", ", Collections.nCopies(count, "?"));
  }
}
