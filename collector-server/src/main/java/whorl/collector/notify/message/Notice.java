package whorl.collector.notify.message;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Level;

/**
 * One thing that happened, as far as it may leave the collector: names, levels, counts and ids. The
 * values of an application's events are only in {@link #fields}, and only those that the
 * notification asks for. All texts are bounded and printable.
 *
 * @param group what belongs together, such as the alerts of one attack
 * @param time when it happened
 * @param over true if it says that something is over
 * @param title a few words
 * @param source who raised the alert, such as {@code whorl} or {@code falco}
 * @param state of the evidence or capture
 * @param reason why something failed
 * @param findings the number of findings by severity; empty if it is no report
 * @param also the titles of others in the same message, at most ten
 */
public record Notice(
    Kind kind,
    String group,
    Instant time,
    Level level,
    boolean over,
    String title,
    @Nullable String rule,
    @Nullable String source,
    @Nullable String service,
    @Nullable String namespace,
    @Nullable String pod,
    @Nullable String agent,
    @Nullable String alert,
    @Nullable String capture,
    @Nullable String evidence,
    @Nullable String state,
    @Nullable String reason,
    List<String> tags,
    Map<String, Integer> findings,
    Map<String, String> fields,
    List<String> also) {
  private static final int ALSO_MAX = 10;

  public Notice {
    tags = tags == null ? List.of() : List.copyOf(tags);
    findings = findings == null ? Map.of() : Map.copyOf(findings);
    fields = fields == null ? Map.of() : Map.copyOf(fields);
    also = also == null ? List.of() : List.copyOf(also);
  }

  /** Returns the graver of the two, which names the other one. */
  public Notice join(Notice more) {
    if (over != more.over) {
      return more.naming(this); // the newest decides whether it is over
    }
    return more.level.compareTo(level) > 0 ? more.naming(this) : naming(more);
  }

  private Notice naming(Notice other) {
    List<String> titles = new ArrayList<>();
    add(titles, also);
    add(titles, List.of(other.title));
    add(titles, other.also);
    return new Notice(
        kind, group, time, level, over, title, rule, source, service, namespace, pod, agent, alert,
        capture, evidence, state, reason, tags, findings, fields, titles);
  }

  private void add(List<String> titles, List<String> more) {
    for (String each : more) {
      if (titles.size() < ALSO_MAX && !each.equals(title) && !titles.contains(each)) {
        titles.add(each);
      }
    }
  }
}
