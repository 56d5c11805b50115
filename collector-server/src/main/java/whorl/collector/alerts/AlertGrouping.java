package whorl.collector.alerts;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Alert;
import whorl.evidence.Id;
import whorl.evidence.Level;

/**
 * Knows which alerts of an agent are of one deed: those of one HTTP request, and those of one rule
 * on requests of one client to one path, each within a minute of the one before; without a request,
 * those of one rule on one thread within a minute, and what the JDK tells of the same thread within
 * ten seconds. An alert that is graver than its deed was so far begins anew, so that nobody waits
 * for it in vain; so does each that tells of tampering, and a correlation over more than one
 * request. Nothing is of a deed that began more than ten minutes before. Bounded; not safe for use
 * by several threads.
 */
final class AlertGrouping {
  private static final Duration LONGEST = Duration.ofMinutes(10);
  private static final Duration OF_A_THREAD = Duration.ofSeconds(10);
  private static final Duration OF_A_RULE = Duration.ofMinutes(1);
  private static final Duration OF_A_CLIENT = Duration.ofMinutes(1);
  private static final int MAX = 20_000;

  /** What is longer is remembered for none of its repetitions. */
  private static final int REPEATED_MAX = 512;

  private static final String TAMPER = "whorl.Tamper";
  private static final String OF_THE_JDK = "jdk.";

  private final Map<Key, First> firsts = new LinkedHashMap<>();

  private enum Kind {
    REQUEST(LONGEST),
    REPEATED(OF_A_CLIENT),
    THREAD(OF_A_THREAD),
    RULE(OF_A_RULE);

    private final Duration pause;

    Kind(Duration pause) {
      this.pause = pause;
    }
  }

  private record Key(Id agent, Kind kind, String name) {}

  private static final class First {
    private final Id alert;
    private final Level level;
    private final Instant began;
    private Instant last;
    private int count = 1;

    First(Alert alert, Instant now) {
      this.alert = alert.id();
      this.level = alert.level();
      this.began = now;
      this.last = now;
    }
  }

  /**
   * @param count of the deed's alerts, this one among them
   */
  record Part(Id first, int count) {}

  /**
   * The deed that this alert is one more of; null when it begins one, which is remembered then.
   *
   * @param now by the collector's clock, since an agent's may be any
   */
  @Nullable Part next(Id agent, Alert alert, Instant now) {
    List<Key> keys = keys(agent, alert);
    for (Key key : keys) {
      First first = firsts.get(key);
      if (first != null
          && alert.level().compareTo(first.level) <= 0
          && now.isBefore(first.began.plus(LONGEST))
          && now.isBefore(first.last.plus(key.kind.pause))) {
        first.last = now;
        first.count++;
        repeats(keys, first);
        return new Part(first.alert, first.count);
      }
    }
    First first = new First(alert, now);
    for (Key key : keys) {
      firsts.remove(key);
      firsts.put(key, first);
    }
    Key thread = thread(agent, alert);
    if (thread != null) {
      // what the JVM tells of the same deed comes without its request
      firsts.remove(thread);
      firsts.put(thread, first);
    }
    while (firsts.size() > MAX) {
      firsts.remove(firsts.keySet().iterator().next());
    }
    return null;
  }

  /** What the next request of this client repeats is of the same deed, whatever its first rule. */
  private void repeats(List<Key> keys, First first) {
    for (Key key : keys) {
      if (key.kind == Kind.REPEATED) {
        firsts.remove(key);
        firsts.put(key, first);
      }
    }
  }

  private static List<Key> keys(Id agent, Alert alert) {
    String event = String.valueOf(alert.fields().get("event"));
    Object request = alert.fields().get("request.id");
    Object by = request == null ? alert.fields().get("request.startedBy") : request;
    List<Key> keys = new ArrayList<>();
    if (event.equals(TAMPER) || restsOnMore(alert, by)) {
      return keys;
    }
    if (by instanceof String id) {
      keys.add(new Key(agent, Kind.REQUEST, id));
      Object path = alert.fields().get("request.path");
      Object client = alert.fields().get("request.remoteAddress");
      if (path instanceof String && client instanceof String) {
        String name = alert.rule() + " " + client + " " + path;
        if (name.length() <= REPEATED_MAX) {
          keys.add(new Key(agent, Kind.REPEATED, name));
        }
      }
      return keys;
    }
    Key thread = thread(agent, alert);
    if (thread != null && event.startsWith(OF_THE_JDK)) {
      keys.add(thread);
    }
    keys.add(new Key(agent, Kind.RULE, alert.rule() + " " + alert.thread()));
    return keys;
  }

  /** Whether it is a correlation, and its events do not have this request in common. */
  private static boolean restsOnMore(Alert alert, @Nullable Object request) {
    String group = String.valueOf(alert.fields().get("correlation.group"));
    return alert.fields().containsKey("correlation.type")
        && !(request instanceof String id && group.contains(id));
  }

  private static @Nullable Key thread(Id agent, Alert alert) {
    String thread = alert.thread();
    return thread == null ? null : new Key(agent, Kind.THREAD, thread);
  }
}
