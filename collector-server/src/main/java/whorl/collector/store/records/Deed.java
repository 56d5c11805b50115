package whorl.collector.store.records;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import whorl.evidence.Alert;
import whorl.evidence.Id;
import whorl.evidence.Level;

/**
 * The summary of an alert group, stored with its first alert.
 *
 * @param count the number of alerts, the first one included
 * @param lastSeen the time of the newest alert
 * @param also the other rules that matched, in the order of their first match; at most 50
 */
public record Deed(int count, Instant lastSeen, List<Match> also) {
  private static final int RULES_MAX = 50;

  public Deed {
    also = also == null ? List.of() : List.copyOf(also);
  }

  /**
   * Another rule that matched in the group.
   *
   * @param alert the first of its alerts
   * @param count the number of its alerts
   */
  public record Match(Id alert, String rule, Level level, String title, int count) {
    Match again() {
      return new Match(alert, rule, level, title, count + 1);
    }
  }

  static Deed of(Alert first) {
    return new Deed(1, first.time(), List.of());
  }

  /** True if an alert of this rule would be listed as another match. */
  boolean wouldList(Alert first, String rule) {
    return also.size() < RULES_MAX
        && !rule.equals(first.rule())
        && also.stream().noneMatch(match -> match.rule().equals(rule));
  }

  /**
   * A copy with one more alert.
   *
   * @param first the alert that this summary is stored with
   */
  Deed with(Alert first, Alert more) {
    List<Match> matches = new ArrayList<>(also);
    int at = 0;
    while (at < matches.size() && !matches.get(at).rule().equals(more.rule())) {
      at++;
    }
    if (at < matches.size()) {
      matches.set(at, matches.get(at).again());
    } else if (!more.rule().equals(first.rule()) && matches.size() < RULES_MAX) {
      matches.add(new Match(more.id(), more.rule(), more.level(), more.title(), 1));
    }
    return new Deed(count + 1, more.time().isAfter(lastSeen) ? more.time() : lastSeen, matches);
  }
}
