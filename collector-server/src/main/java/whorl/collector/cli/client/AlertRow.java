package whorl.collector.cli.client;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An alert in the collector's list.
 *
 * @param count of the alerts in its alert group; 0 from a collector that does not count them
 */
public record AlertRow(
    @Nullable String id,
    @Nullable Instant time,
    @Nullable String level,
    @Nullable String title,
    @Nullable String rule,
    @Nullable String source,
    @Nullable String service,
    @Nullable String capture,
    @Nullable String evidence,
    int count,
    @Nullable Map<String, Object> fields) {

  /** The title, with the number of alerts in its group if there are several. */
  public @Nullable String describe() {
    String name = title == null ? rule : title;
    return count > 1 ? name + " (" + count + " alerts)" : name;
  }

  /** True if another system reports that an earlier alert is resolved. */
  public boolean resolved() {
    return !"whorl".equals(source) && fields != null && "resolved".equals(fields.get("status"));
  }
}
