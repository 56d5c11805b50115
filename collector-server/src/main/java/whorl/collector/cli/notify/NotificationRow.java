package whorl.collector.cli.notify;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A notification. */
public record NotificationRow(
    String name,
    String type,
    String target,
    FilterRow filter,
    String status,
    @Nullable Instant success,
    @Nullable Instant failure,
    @Nullable String problem,
    long delivered,
    long failed,
    long dropped,
    long waiting,
    long dead) {
  /** What it is about. */
  record FilterRow(List<String> kinds, String level) {
    FilterRow {
      kinds = kinds == null ? List.of() : List.copyOf(kinds);
    }
  }
}
