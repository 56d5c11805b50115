package whorl.collector.cli;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An alert as the collector lists it.
 *
 * @param count of the alerts of its deed; 0 from a collector that does not count them
 */
record AlertRow(
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

  /** Its title, and how many alerts its deed has where there are more. */
  @Nullable String described() {
    String name = title == null ? rule : title;
    return count > 1 ? name + " (" + count + " alerts)" : name;
  }

  /** Whether somebody outside says that what an earlier alert told is over. */
  boolean over() {
    return !"whorl".equals(source) && fields != null && "resolved".equals(fields.get("status"));
  }
}
