package whorl.collector.alerts;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.records.AlertRecord;
import whorl.collector.store.records.Deed;
import whorl.evidence.Alert;
import whorl.evidence.Id;
import whorl.evidence.Level;

/**
 * Groups the alerts of an agent that one action of the intruder caused. A group holds the alerts of
 * one HTTP request, and alerts of one rule for requests of one client to one path, each within a
 * minute of the one before. Alerts without a request are grouped by rule and thread within a
 * minute. Alerts of JDK events without a request join the newest group of their thread within ten
 * seconds.
 *
 * <p>An alert of a higher level than its group starts a new group, so that it is not hidden in the
 * old one. An alert of tampering always starts a new group, and so does a correlation of several
 * requests. A group takes no alerts later than ten minutes after its first. Bounded; not safe for
 * use by several threads.
 */
final class AlertGrouping {
  /** A group takes no alerts after this time. */
  static final Duration MAX_GROUP_AGE = Duration.ofMinutes(10);

  private static final Duration THREAD_PAUSE = Duration.ofSeconds(10);
  private static final Duration RULE_PAUSE = Duration.ofMinutes(1);
  private static final Duration CLIENT_PAUSE = Duration.ofMinutes(1);
  private static final int MAX_KEYS = 20_000;

  /** Requests with longer names are not grouped with their repetitions. */
  private static final int MAX_REPEATED_NAME_CHARS = 512;

  private static final String TAMPER = "whorl.Tamper";
  private static final String JDK_PREFIX = "jdk.";

  private static final int MAX_OUTDATED = 100_000;

  private final Map<Key, Group> groups = new LinkedHashMap<>();

  /** Agents that may have raised alerts elsewhere since their groups were last changed here. */
  private final Set<Id> outdated = new HashSet<>();

  private enum Kind {
    REQUEST(MAX_GROUP_AGE),
    REPEATED(CLIENT_PAUSE),
    THREAD(THREAD_PAUSE),
    RULE(RULE_PAUSE);

    private final Duration pause;

    Kind(Duration pause) {
      this.pause = pause;
    }
  }

  private record Key(Id agent, Kind kind, String name) {}

  private static final class Group {
    private final Id alert;
    private final Level level;
    private final Instant begun;
    private Instant last;
    private int count;

    Group(Alert alert, Instant begun, Instant last, int count) {
      this.alert = alert.id();
      this.level = alert.level();
      this.begun = begun;
      this.last = last;
      this.count = count;
    }
  }

  /**
   * @param count number of the group's alerts, including this one
   */
  record Membership(Id first, int count) {}

  /** True if the alert may belong to a group that another alert began. */
  static boolean mayJoin(Id agent, Alert alert) {
    return !keys(agent, alert).isEmpty();
  }

  /**
   * Adds the alert to its group. Returns null when there is none.
   *
   * @param now by the collector's clock, because an agent's clock may be wrong
   */
  @Nullable Membership join(Id agent, Alert alert, Instant now) {
    if (outdated.remove(agent)) {
      groups.keySet().removeIf(key -> key.agent().equals(agent));
    }
    List<Key> keys = keys(agent, alert);
    for (Key key : keys) {
      Group group = groups.get(key);
      if (group != null
          && alert.level().compareTo(group.level) <= 0
          && now.isBefore(group.begun.plus(MAX_GROUP_AGE))
          && now.isBefore(group.last.plus(key.kind.pause))) {
        group.last = now;
        group.count++;
        addRepetition(keys, group);
        return new Membership(group.alert, group.count);
      }
    }
    return null;
  }

  /** The groups of this agent are not known here any more, and must be restored. */
  void outdated(Id agent) {
    if (outdated.size() >= MAX_OUTDATED) {
      outdated.clear();
      groups.clear();
    }
    outdated.add(agent);
  }

  /** Begins a group with this alert. */
  void begin(Id agent, Alert alert, Instant now) {
    add(agent, alert, new Group(alert, now, now, 1));
  }

  /**
   * Adds groups that began elsewhere. A group that is known here stays as it is.
   *
   * @param firsts the first alerts of the agent's newest groups, oldest first
   * @param parts the newest alerts that belong to them, oldest first
   */
  void restore(Id agent, List<AlertRecord> firsts, List<AlertRecord> parts) {
    Map<Id, Group> restored = restoreFirsts(agent, firsts);
    for (AlertRecord part : parts) {
      Group group = part.partOf() == null ? null : restored.get(part.partOf());
      if (group != null) {
        if (part.receivedAt().isAfter(group.last)) {
          group.last = part.receivedAt();
        }
        addRepetition(keys(agent, part.alert()), group);
      }
    }
  }

  /** Returns the groups that were not known here, by their first alerts. */
  private Map<Id, Group> restoreFirsts(Id agent, List<AlertRecord> firsts) {
    Map<Id, Group> restored = new HashMap<>();
    for (AlertRecord first : firsts) {
      Id alert = first.alert().id();
      boolean known =
          allKeys(agent, first.alert()).stream()
              .map(groups::get)
              .anyMatch(
                  group ->
                      group != null
                          && (group.alert.equals(alert)
                              || group.begun.isAfter(first.receivedAt())));
      if (!known) {
        Deed deed = first.deed();
        Instant begun = first.receivedAt();
        boolean later = deed != null && deed.lastSeen().isAfter(begun);
        Instant last = deed != null && later ? deed.lastSeen() : begun;
        Group group = new Group(first.alert(), begun, last, deed == null ? 1 : deed.count());
        add(agent, first.alert(), group);
        restored.put(alert, group);
      }
    }
    return restored;
  }

  private void add(Id agent, Alert alert, Group group) {
    for (Key key : allKeys(agent, alert)) {
      groups.remove(key);
      groups.put(key, group);
    }
    while (groups.size() > MAX_KEYS) {
      groups.remove(groups.keySet().iterator().next());
    }
  }

  /** Returns the keys under which later alerts find a group that this alert begins. */
  private static List<Key> allKeys(Id agent, Alert alert) {
    List<Key> all = new ArrayList<>(keys(agent, alert));
    Key thread = thread(agent, alert);
    if (thread != null) {
      all.add(thread); // JVM events of the same action carry no request
    }
    return all;
  }

  /**
   * Adds the key of a repeated request, so that the client's next request joins the group, whatever
   * rule matches first.
   */
  private void addRepetition(List<Key> keys, Group group) {
    for (Key key : keys) {
      if (key.kind == Kind.REPEATED) {
        groups.remove(key);
        groups.put(key, group);
      }
    }
  }

  private static List<Key> keys(Id agent, Alert alert) {
    String event = String.valueOf(alert.fields().get("event"));
    Object request = alert.fields().get("request.id");
    Object requestId = request == null ? alert.fields().get("request.startedBy") : request;
    List<Key> keys = new ArrayList<>();
    if (event.equals(TAMPER) || spansRequests(alert, requestId)) {
      return keys;
    }
    if (requestId instanceof String id) {
      keys.add(new Key(agent, Kind.REQUEST, id));
      Object path = alert.fields().get("request.path");
      Object client = alert.fields().get("request.remoteAddress");
      if (path instanceof String && client instanceof String) {
        String name = alert.rule() + " " + client + " " + path;
        if (name.length() <= MAX_REPEATED_NAME_CHARS) {
          keys.add(new Key(agent, Kind.REPEATED, name));
        }
      }
      return keys;
    }
    Key thread = thread(agent, alert);
    if (thread != null && event.startsWith(JDK_PREFIX)) {
      keys.add(thread);
    }
    keys.add(new Key(agent, Kind.RULE, alert.rule() + " " + alert.thread()));
    return keys;
  }

  /** True if the alert is a correlation of events that do not share this request. */
  private static boolean spansRequests(Alert alert, @Nullable Object request) {
    String group = String.valueOf(alert.fields().get("correlation.group"));
    return alert.fields().containsKey("correlation.type")
        && !(request instanceof String id && group.contains(id));
  }

  private static @Nullable Key thread(Id agent, Alert alert) {
    String thread = alert.thread();
    return thread == null ? null : new Key(agent, Kind.THREAD, thread);
  }
}
