package whorl.collector.cli.client;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import whorl.collector.cli.terminal.Table;

/**
 * A hold on evidence or a case.
 *
 * @param ofCase the case that is on hold; null if the evidence itself is
 */
public record HoldRow(
    @JsonProperty("case") @Nullable String ofCase,
    @Nullable String by,
    @Nullable Instant at,
    @Nullable String reason) {
  public String words() {
    return (ofCase == null ? "" : "case " + ofCase + ", ")
        + "by "
        + by
        + " on "
        + Table.time(at)
        + ": "
        + reason;
  }
}
