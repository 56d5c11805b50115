package whorl.collector.store.records;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.access.Origin;
import whorl.collector.store.access.OriginLedger;
import whorl.collector.store.access.Scope;
import whorl.collector.store.access.ScopedRows;
import whorl.collector.store.access.SearchText;
import whorl.collector.store.database.Database;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.evidence.Alert;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Level;
import whorl.evidence.Text;
import whorl.evidence.channel.CaptureState;

/**
 * The list of all evidence, newest first: an index of the store's records, which can be rebuilt
 * from them at any time. Thread-safe.
 */
public final class Catalog {
  private static final int SERVICE_CHARS = 256;
  private static final int IDS_AT_ONCE = 100;

  /** In the column {@code examined}: nothing of the evidence can be examined here. */
  private static final int ENCRYPTED = 2;

  private final Database database;
  private final ScopedRows rows;
  private final OriginLedger origins;

  private Catalog(Database database) {
    this.database = database;
    this.rows = new ScopedRows(database);
    this.origins = new OriginLedger(database);
  }

  public static Catalog open(Database database) {
    return new Catalog(database);
  }

  /**
   * A filter for the list, and its order; null means any.
   *
   * @param service only evidence of this service
   * @param level only what has this level: that of its gravest finding, or of its trigger until
   *     there is one
   * @param atLeast only what has this level or a higher one
   * @param words only what contains all these words: in titles, rule, service or reason
   * @param worstFirst by level, and then the newest first; else the newest first
   * @param from only what was sealed then or later
   * @param to only what was sealed before
   */
  public record Filter(
      @Nullable String service,
      @Nullable Id agent,
      @Nullable CaptureState state,
      @Nullable Level level,
      @Nullable Level atLeast,
      @Nullable String words,
      boolean worstFirst,
      @Nullable Instant from,
      @Nullable Instant to) {
    /** A filter for any time. */
    public Filter(
        @Nullable String service,
        @Nullable Id agent,
        @Nullable CaptureState state,
        @Nullable Level level,
        @Nullable Level atLeast,
        @Nullable String words,
        boolean worstFirst) {
      this(service, agent, state, level, atLeast, words, worstFirst, null, null);
    }

    /** A filter of a list with the newest first. */
    public Filter(@Nullable String service, @Nullable Id agent, @Nullable CaptureState state) {
      this(service, agent, state, null, null, null, false);
    }
  }

  /**
   * A page of the list.
   *
   * @param next the cursor of the next page; null on the last one
   */
  public record Page(List<Id> evidence, @Nullable String next) {}

  private record Row(Id id, long sealedAtMillis, int worst) {}

  /**
   * One row, with what retention needs.
   *
   * @param bytes of all artifacts together
   * @param account of the agent's owner; empty if the agent only has the shared token
   */
  public record Kept(Id id, EvidenceClass of, Instant sealedAt, long bytes, String account) {}

  /** Adds or updates the row of this evidence. */
  public void put(EvidenceRecord record, Digest recordSha256) throws IOException {
    put(record, recordSha256, record.sealedAt());
  }

  /**
   * The same for evidence that a person imported. Its record says nothing that was proved here, so
   * it belongs to whom the importer named; and it is as old as its import, so that it is not purged
   * as soon as it arrives.
   *
   * @param origin null for nobody: only those who see everything see it
   */
  public void putImported(
      EvidenceRecord record, Digest recordSha256, Instant importedAt, @Nullable Origin origin)
      throws IOException {
    String id = origin == null ? OriginLedger.NOBODY : origins.idOf(origin);
    boolean unused =
        database.inTransaction(
            () -> {
              put(record, recordSha256, importedAt);
              database.update(
                  "UPDATE evidence SET origin = ? WHERE id = ?", id, record.id().value());
              return true;
            });
  }

  private void put(EvidenceRecord record, Digest recordSha256, Instant listedAt)
      throws IOException {
    // what analyses found stays: their next report replaces it
    database.update(
        "INSERT INTO evidence"
            + " (id, sealed_at, service, agent, capture, state, record, class, bytes, examined,"
            + " worst, words) VALUES (?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (id) DO UPDATE SET"
            + " sealed_at = excluded.sealed_at, service = excluded.service,"
            + " agent = excluded.agent, capture = excluded.capture, state = excluded.state,"
            + " record = excluded.record, class = excluded.class, bytes = excluded.bytes,"
            + " examined = coalesce(excluded.examined, evidence.examined),"
            + " worst = CASE WHEN evidence.examined IS NULL THEN excluded.worst"
            + " ELSE evidence.worst END,"
            + " words = CASE WHEN evidence.examined IS NULL THEN excluded.words"
            + " ELSE evidence.words END",
        record.id().value(),
        listedAt.toEpochMilli(),
        bounded(record.service()),
        record.agent().value(),
        record.capture().value(),
        record.state().word(),
        recordSha256.hex(),
        EvidenceClass.of(record).word(),
        record.totalBytes(),
        record.recipient() == null ? null : ENCRYPTED,
        record.alert() == null ? 0 : rank(record.alert().level()),
        words(record, null));
  }

  /**
   * What a search by words finds the evidence by.
   *
   * @param finding the title of its gravest finding; null without one
   */
  public static String words(EvidenceRecord evidence, @Nullable String finding) {
    Alert alert = evidence.alert();
    return SearchText.of(
        finding,
        alert == null ? null : alert.title(),
        alert == null ? null : alert.rule(),
        evidence.service(),
        evidence.reason());
  }

  /** The number that stands for a level in the rows: 1 for informational, 5 for critical. */
  public static int rank(Level level) {
    return level.ordinal() + 1;
  }

  /** Adds a row for evidence whose record is missing, unless it has one. */
  public void putLost(Id evidence, Id agent, Instant sealedAt) throws IOException {
    database.update(
        "INSERT INTO evidence"
            + " (id, sealed_at, service, agent, capture, state, record, class, bytes)"
            + " VALUES (?,?,'unknown',?,'','lost',?,?,0) ON CONFLICT (id) DO NOTHING",
        evidence.value(),
        sealedAt.toEpochMilli(),
        agent.value(),
        "0".repeat(64),
        EvidenceClass.FAILED.word());
  }

  /**
   * The row of one piece of evidence, whether or not its record exists.
   *
   * @param capture null if unknown
   */
  public record Summary(
      Id id, Instant sealedAt, String service, Id agent, @Nullable Id capture, long bytes) {}

  /** The row of this evidence; null if there is none. */
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

  /** The record's digest of each row. */
  public Map<Id, Digest> records() throws IOException {
    Map<Id, Digest> records = new HashMap<>();
    database.query(
        "SELECT id, record FROM evidence",
        row -> records.put(new Id(row.getString(1)), new Digest(row.getString(2))));
    return records;
  }

  /** The number of rows. */
  public long size() throws IOException {
    return database.query("SELECT count(*) FROM evidence", row -> row.getLong(1)).get(0);
  }

  /**
   * A page of the evidence that the scope holds.
   *
   * @param cursor a page's {@code next}; null for the first page
   * @throws IllegalArgumentException if {@code cursor} is not a cursor of this list
   */
  public Page page(Scope scope, Filter filter, @Nullable String cursor, int limit)
      throws IOException {
    StringBuilder where = new StringBuilder("sealed_at IS NOT NULL");
    List<Object> arguments = new ArrayList<>();
    addCondition(
        where,
        arguments,
        "service = ?",
        filter.service() == null ? null : bounded(filter.service()));
    addCondition(
        where, arguments, "agent = ?", filter.agent() == null ? null : filter.agent().value());
    addCondition(
        where, arguments, "state = ?", filter.state() == null ? null : filter.state().word());
    addLevel(where, arguments, "worst = ?", filter.level());
    addLevel(where, arguments, "worst >= ?", filter.atLeast());
    addTime(where, arguments, "sealed_at >= ?", filter.from());
    addTime(where, arguments, "sealed_at < ?", filter.to());
    if (filter.words() != null) {
      SearchText.addConditions(filter.words(), "words", where, arguments);
    }
    if (cursor != null) {
      addPosition(where, arguments, filter.worstFirst(), decode(cursor));
    }
    List<Row> found =
        rows.read(
            scope,
            new ScopedRows.Page(
                "id, sealed_at, worst",
                "evidence",
                where.toString(),
                arguments,
                (filter.worstFirst() ? "worst DESC, " : "") + "sealed_at DESC, id DESC",
                limit + 1,
                filter.service() != null || filter.agent() != null),
            row -> new Row(new Id(row.getString(1)), row.getLong(2), row.getInt(3)));
    List<Row> page = found.size() > limit ? found.subList(0, limit) : found;
    String next = found.size() > limit ? encode(page.get(limit - 1)) : null;
    return new Page(page.stream().map(Row::id).toList(), next);
  }

  /** A cursor with which a page that is not by level begins with what was sealed before then. */
  public static String before(Instant time) {
    return encode(new Row(new Id("00000000"), time.toEpochMilli(), 0));
  }

  /**
   * A page, oldest first.
   *
   * @param after the last row of the previous page; null for the first page
   */
  public List<Kept> oldest(@Nullable Kept after, int limit) throws IOException {
    return database.query(
        "SELECT e.id, e.class, e.sealed_at, e.bytes, coalesce(o.account, '') FROM evidence e"
            + " LEFT JOIN agent_owners o ON o.agent = e.agent WHERE (e.sealed_at, e.id) > (?, ?)"
            + " ORDER BY e.sealed_at, e.id LIMIT ?",
        row ->
            new Kept(
                new Id(row.getString(1)),
                EvidenceClass.of(row.getString(2)),
                Instant.ofEpochMilli(row.getLong(3)),
                row.getLong(4),
                row.getString(5)),
        after == null ? Long.MIN_VALUE : after.sealedAt().toEpochMilli(),
        after == null ? "" : after.id().value(),
        limit);
  }

  /**
   * The sums of a class.
   *
   * @param oldest null if there is none
   */
  public record ClassSum(long evidence, long bytes, @Nullable Instant oldest) {}

  /** The sums of each class of the evidence that the scope holds. */
  public Map<EvidenceClass, ClassSum> sums(Scope scope) throws IOException {
    ScopedRows.Within within = ScopedRows.within(scope);
    Map<EvidenceClass, ClassSum> sums = new EnumMap<>(EvidenceClass.class);
    database.query(
        "SELECT class, count(*), sum(bytes), min(sealed_at) FROM evidence WHERE id <> ''"
            + within.sql()
            + " GROUP BY class",
        row ->
            sums.put(
                EvidenceClass.of(row.getString(1)),
                new ClassSum(row.getLong(2), row.getLong(3), Instant.ofEpochMilli(row.getLong(4)))),
        within.arguments().toArray());
    return sums;
  }

  /** Those of this evidence that the scope holds, with class and size. */
  public List<Kept> among(Scope scope, Collection<Id> evidence) throws IOException {
    ScopedRows.Within within = ScopedRows.within(scope);
    List<Kept> kept = new ArrayList<>();
    List<Id> all = List.copyOf(evidence);
    for (int from = 0; from < all.size(); from += IDS_AT_ONCE) {
      List<Id> next = all.subList(from, Math.min(all.size(), from + IDS_AT_ONCE));
      List<Object> arguments = new ArrayList<>(next.stream().map(Id::value).toList());
      arguments.addAll(within.arguments());
      kept.addAll(
          database.query(
              "SELECT id, class, sealed_at, bytes FROM evidence WHERE id IN ("
                  + String.join(", ", Collections.nCopies(next.size(), "?"))
                  + ")"
                  + within.sql(),
              row ->
                  new Kept(
                      new Id(row.getString(1)),
                      EvidenceClass.of(row.getString(2)),
                      Instant.ofEpochMilli(row.getLong(3)),
                      row.getLong(4),
                      ""),
              arguments.toArray()));
    }
    return kept;
  }

  /** A name in an index, whose entries must be short. */
  private static String bounded(String service) {
    return Text.beginning(service, SERVICE_CHARS);
  }

  private static void addCondition(
      StringBuilder where, List<Object> arguments, String condition, @Nullable Object value) {
    if (value != null) {
      where.append(" AND ").append(condition);
      arguments.add(value);
    }
  }

  private static void addLevel(
      StringBuilder where, List<Object> arguments, String condition, @Nullable Level level) {
    addCondition(where, arguments, condition, level == null ? null : rank(level));
  }

  private static void addTime(
      StringBuilder where, List<Object> arguments, String condition, @Nullable Instant time) {
    addCondition(where, arguments, condition, time == null ? null : time.toEpochMilli());
  }

  private static void addPosition(
      StringBuilder where, List<Object> arguments, boolean worstFirst, Row after) {
    if (worstFirst) {
      where.append(" AND (worst, sealed_at, id) < (?, ?, ?)");
      arguments.add(after.worst());
    } else {
      where.append(" AND (sealed_at, id) < (?, ?)");
    }
    arguments.add(after.sealedAtMillis());
    arguments.add(after.id().value());
  }

  private static String encode(Row row) {
    String text = row.sealedAtMillis() + ":" + row.id() + ":" + row.worst();
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static Row decode(String cursor) {
    try {
      String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.US_ASCII);
      String[] parts = text.split(":", -1);
      // the cursors of earlier versions have no level
      return new Row(
          new Id(parts[1]),
          Instant.ofEpochMilli(Long.parseLong(parts[0])).toEpochMilli(),
          parts.length < 3 ? 0 : Integer.parseInt(parts[2]));
    } catch (RuntimeException e) {
      throw new IllegalArgumentException("not a cursor of this list", e);
    }
  }
}
