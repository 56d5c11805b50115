package whorl.collector.cli;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Who keeps something from being purged, and why.
 *
 * @param ofCase the case whose hold it is; null for one of its own
 */
record HoldRow(
    @JsonProperty("case") @Nullable String ofCase,
    @Nullable String by,
    @Nullable Instant at,
    @Nullable String reason) {
  String words() {
    return (ofCase == null ? "" : "case " + ofCase + ", ")
        + "by "
        + by
        + " on "
        + Table.time(at)
        + ": "
        + reason;
  }
}
