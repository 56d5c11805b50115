package whorl.collector.notify.file;

import java.time.Duration;
import java.util.List;
import whorl.collector.notify.targets.Settings;

/**
 * Notifies one target of what its filter accepts.
 *
 * @param delay for how long a message waits for others of its group
 * @param every how often at most there is a message of one group; zero for each event alone
 * @param groupBy what makes a group of alerts
 * @param retryFor for how long a message is tried; then a person decides
 * @param include the fields of alerts whose values leave the collector; {@code *} is all
 */
public record Notification(
    String name,
    Settings target,
    Filter filter,
    Duration delay,
    Duration every,
    GroupBy groupBy,
    Duration retryFor,
    List<String> include) {
  public Notification {
    include = List.copyOf(include);
  }

  /** The word of the target's type. */
  public String type() {
    return target.type();
  }

  /** What makes a group of alerts. */
  public enum GroupBy {
    /** The alerts of one attack on one JVM. */
    ATTACK,
    /** The alerts of one rule in one service. */
    RULE,
    /** The alerts of one service. */
    SERVICE
  }
}
