package whorl.collector.store.access;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.database.Database;
import whorl.evidence.Digest;
import whorl.evidence.Json;

/**
 * Each combination of namespace, service and labels that something has come from, once. Bounded:
 * beyond the bound, what comes from yet another place belongs to nobody, so that only those who see
 * everything see it. Half of the room is reserved for places that are proved, because agents with
 * the shared token may name any number of them, and half of the rest for those of agents, because
 * alerts from outside may too. Thread-safe.
 */
public final class OriginLedger {
  /** The id of what belongs to nobody. */
  public static final String NOBODY = "";

  private static final int MAX = 100_000;
  private static final int NAME_CHARS = 1_000;
  private static final int LABELS_MAX = 64;
  private static final int RECENT_MAX = 10_000;
  private static final int ID_DIGITS = 32;

  private final Database database;
  private final int max;
  private final Map<String, String> recent = new LinkedHashMap<>();
  private final LongAdder refused = new LongAdder();

  public OriginLedger(Database database) {
    this(database, MAX);
  }

  OriginLedger(Database database, int max) {
    this.database = database;
    this.max = max;
  }

  /**
   * The id of an origin that an identity proved, or that a person named; it is added if it is new.
   * {@link #NOBODY} if there is no room.
   */
  public String idOf(Origin origin) throws IOException {
    return idOf(origin, max);
  }

  /** Does the same for an origin that is only claimed: it has no more than half of the room. */
  public String idOfClaimed(Origin origin) throws IOException {
    return idOf(origin, max / 2);
  }

  /** Does the same for an origin that an alert from outside names: it has a quarter of the room. */
  public String idOfNamed(Origin origin) throws IOException {
    return idOf(origin, max / 4);
  }

  private String idOf(Origin origin, int room) throws IOException {
    if (isTooLong(origin)) {
      refused.increment();
      return NOBODY;
    }
    Map<String, String> labels = bounded(origin.labels());
    String id = id(origin, labels);
    if (isRecent(id)) {
      return id;
    }
    if (!contains(id) && !add(id, origin, labels, room)) {
      refused.increment();
      // still those who may see all of the namespace's service
      return labels.isEmpty()
          ? NOBODY
          : idOf(new Origin(origin.namespace(), origin.service(), Map.of()), room);
    }
    remember(id);
    return id;
  }

  /** The id of an origin that was asked for here lately, without the database; null if not. */
  @Nullable String recentId(Origin origin) {
    String id = isTooLong(origin) ? NOBODY : id(origin, bounded(origin.labels()));
    return isRecent(id) ? id : null;
  }

  private static String id(Origin origin, Map<String, String> labels) {
    String text = Json.text(new Object[] {origin.namespace(), origin.service(), labels});
    return digest(text).substring(0, ID_DIGITS);
  }

  /** True if the scope holds the origin with this id. */
  public boolean holds(Scope scope, @Nullable String id) throws IOException {
    if (scope.isEverything()) {
      return true;
    }
    if (id == null || id.equals(NOBODY) || scope.parts().isEmpty()) {
      return false;
    }
    ScopeCondition condition = ScopeCondition.of(scope);
    return !database
        .query(
            "SELECT 1 FROM origins o WHERE o.id = ? AND " + condition.sql(),
            row -> 1,
            condition.after(id))
        .isEmpty();
  }

  /** How often an origin was not added, because it has long names or there are too many. */
  public long refused() {
    return refused.sum();
  }

  /** How a label is stored. */
  static String label(String name, String value) {
    return digest(Json.text(new String[] {name, value}));
  }

  private static String digest(String text) {
    return Digest.of(text.getBytes(StandardCharsets.UTF_8)).hex();
  }

  private static boolean isTooLong(Origin origin) {
    String namespace = origin.namespace();
    return origin.service().length() > NAME_CHARS
        || (namespace != null && namespace.length() > NAME_CHARS);
  }

  /** The first labels; an origin with more is less than it says, never more. */
  private static Map<String, String> bounded(Map<String, String> labels) {
    Map<String, String> sorted = new TreeMap<>();
    new TreeMap<>(labels)
        .entrySet().stream()
            .limit(LABELS_MAX)
            .forEach(each -> sorted.put(each.getKey(), each.getValue()));
    return sorted;
  }

  private boolean contains(String id) throws IOException {
    return !database.query("SELECT 1 FROM origins WHERE id = ?", row -> 1, id).isEmpty();
  }

  private boolean add(String id, Origin origin, Map<String, String> labels, int room)
      throws IOException {
    if (database.query("SELECT count(*) FROM origins", row -> row.getLong(1)).get(0) >= room) {
      return false;
    }
    List<@Nullable Object[]> rows =
        labels.entrySet().stream()
            .map(each -> new @Nullable Object[] {label(each.getKey(), each.getValue()), id})
            .toList();
    return database.inTransaction(
        () -> {
          database.update(
              "INSERT INTO origins (id, namespace, service) VALUES (?, ?, ?)"
                  + " ON CONFLICT (id) DO NOTHING",
              id,
              origin.namespace(),
              origin.service());
          int[] unused =
              database.updateAll(
                  "INSERT INTO origin_labels (label, origin) VALUES (?, ?) ON CONFLICT DO NOTHING",
                  rows);
          return true;
        });
  }

  private synchronized boolean isRecent(String id) {
    return recent.containsKey(id);
  }

  private synchronized void remember(String id) {
    recent.put(id, id);
    if (recent.size() > RECENT_MAX) {
      recent.remove(recent.keySet().iterator().next());
    }
  }
}
