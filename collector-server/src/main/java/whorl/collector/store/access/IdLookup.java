package whorl.collector.store.access;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.ResultRow;
import whorl.evidence.Id;

/**
 * Finds ids by their first or last characters, among what a scope holds: of other things not even
 * the ids are compared. Thread-safe.
 */
public final class IdLookup {
  /** Fewer characters name too much. */
  public static final int PART_MIN_CHARS = 4;

  private static final Pattern PART = Pattern.compile("[a-z0-9-]{4,64}");

  private final ScopedRows rows;

  public IdLookup(Database database) {
    this.rows = new ScopedRows(database);
  }

  /**
   * What has the id.
   *
   * @param service null if it is unknown
   * @param time when it was sealed, raised, requested or seen last
   */
  public record Found(Id id, @Nullable String service, Instant time) {}

  /** True if an id can have this text as its first or last characters. */
  public static boolean isPart(String text) {
    return PART.matcher(text).matches();
  }

  /**
   * The newest of these, newest first.
   *
   * @param service only of this service; null for any
   */
  public List<Found> newest(Thing thing, Scope scope, @Nullable String service, int limit)
      throws IOException {
    return read(thing, scope, new Condition("id <> ''", List.of(), false), service, limit);
  }

  /**
   * Those whose ids begin with one text and end with another, newest first.
   *
   * @param prefix the first characters; may be empty, as {@code suffix}
   * @throws IllegalArgumentException if both are empty, or one has characters that no id has
   */
  public List<Found> between(
      Thing thing, Scope scope, String prefix, String suffix, @Nullable String service, int limit)
      throws IOException {
    check(prefix);
    check(suffix);
    if (prefix.isEmpty() && suffix.isEmpty()) {
      throw new IllegalArgumentException("no characters are given");
    }
    Condition condition =
        new Condition("id LIKE ? AND id LIKE ?", List.of(prefix + "%", "%" + suffix), true);
    return read(thing, scope, condition, service, limit);
  }

  /**
   * The one with exactly this id, or else those whose ids begin or end with it, newest first.
   *
   * @throws IllegalArgumentException if no id can have this text as a part
   */
  public List<Found> matching(
      Thing thing, Scope scope, String part, @Nullable String service, int limit)
      throws IOException {
    if (!isPart(part)) {
      throw new IllegalArgumentException("not a part of an id: " + part);
    }
    List<Found> exact =
        read(thing, scope, new Condition("id = ?", List.of(part), true), service, 1);
    return exact.isEmpty()
        ? read(
            thing,
            scope,
            new Condition("(id LIKE ? OR id LIKE ?)", List.of(part + "%", "%" + part), true),
            service,
            limit)
        : exact;
  }

  private static void check(String part) {
    if (!part.isEmpty() && !isPart(part)) {
      throw new IllegalArgumentException("not a part of an id: " + part);
    }
  }

  private record Condition(String sql, List<Object> arguments, boolean narrow) {}

  private List<Found> read(
      Thing thing, Scope scope, Condition condition, @Nullable String service, int limit)
      throws IOException {
    List<Object> arguments = new ArrayList<>(condition.arguments());
    if (service != null) {
      arguments.add(service);
    }
    return rows.read(
        scope,
        new ScopedRows.Page(
            "id, service, " + time(thing) + position(thing),
            thing.table(),
            condition.sql() + (service == null ? "" : " AND service = ?"),
            arguments,
            order(thing),
            limit,
            condition.narrow()),
        row -> found(thing, row));
  }

  private static Found found(Thing thing, ResultRow row) throws SQLException, IOException {
    return new Found(
        new Id(row.getString(1)),
        row.getString(2),
        thing == Thing.CAPTURE
            ? Instant.parse(row.getString(3))
            : Instant.ofEpochMilli(row.getLong(3)));
  }

  private static String time(Thing thing) {
    return switch (thing) {
      case EVIDENCE -> "sealed_at";
      case ALERT -> "at";
      case ALERT_GROUP -> "last_at";
      case CAPTURE -> "requested_at";
      case AGENT -> "last_seen";
    };
  }

  /** A column of the order that is not shown. */
  private static String position(Thing thing) {
    return switch (thing) {
      case ALERT, CAPTURE -> ", seq";
      case ALERT_GROUP -> ", last_seq";
      case EVIDENCE, AGENT -> "";
    };
  }

  /** An index has each of these; an agent's id grows with the time of its start. */
  private static String order(Thing thing) {
    return switch (thing) {
      case EVIDENCE -> "sealed_at DESC, id DESC";
      case ALERT, CAPTURE -> "seq DESC";
      case ALERT_GROUP -> "last_seq DESC";
      case AGENT -> "id DESC";
    };
  }
}
