package whorl.collector.notify;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import whorl.collector.notify.file.Filter;
import whorl.collector.notify.file.Notification;
import whorl.collector.notify.message.Kind;
import whorl.collector.store.outbox.OutboxStatus;

/**
 * A notification as the API shows it.
 *
 * @param target without secrets
 * @param every how often at most there is a message of one group, in seconds; 0 for each event
 * @param status {@code idle} if it never sent a message, {@code ok}, or {@code failing} if its last
 *     attempt failed
 * @param success when the last message was delivered
 * @param failure when the last attempt failed
 * @param problem why it failed
 */
record NotificationView(
    String name,
    String type,
    String target,
    FilterView filter,
    long every,
    String status,
    @Nullable Instant success,
    @Nullable Instant failure,
    @Nullable String problem,
    long delivered,
    long failed,
    long dropped,
    long waiting,
    long dead) {
  /** The filter; empty lists name everything. */
  record FilterView(
      List<String> kinds,
      String level,
      Set<String> services,
      Set<String> namespaces,
      Map<String, String> labels,
      Set<String> rules) {
    static FilterView of(Filter filter) {
      return new FilterView(
          filter.kinds().stream().sorted().map(Kind::word).toList(),
          filter.least().word(),
          new TreeSet<>(filter.services()),
          new TreeSet<>(filter.namespaces()),
          filter.labels(),
          new TreeSet<>(filter.rules()));
    }
  }

  static NotificationView of(Notification notification, OutboxStatus status) {
    return new NotificationView(
        notification.name(),
        notification.target().type(),
        notification.target().shown(),
        FilterView.of(notification.filter()),
        seconds(notification.every()),
        word(status),
        status.success(),
        status.failure(),
        status.problem(),
        status.delivered(),
        status.failed(),
        status.dropped(),
        status.waiting(),
        status.dead());
  }

  private static long seconds(Duration time) {
    return time.toSeconds();
  }

  private static String word(OutboxStatus status) {
    Instant success = status.success();
    Instant failure = status.failure();
    if (failure == null) {
      return success == null ? "idle" : "ok";
    }
    return success != null && success.isAfter(failure) ? "ok" : "failing";
  }
}
