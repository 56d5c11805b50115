package whorl.collector.cli;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A hold on evidence or a case.
 *
 * @param ofCase the case that is on hold; null if the evidence itself is
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
