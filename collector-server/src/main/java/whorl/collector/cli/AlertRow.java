package whorl.collector.cli;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An alert as the collector lists it. */
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
    @Nullable Map<String, Object> fields) {

  /** Whether somebody outside says that what an earlier alert told is over. */
  boolean over() {
    return !"whorl".equals(source) && fields != null && "resolved".equals(fields.get("status"));
  }
}
