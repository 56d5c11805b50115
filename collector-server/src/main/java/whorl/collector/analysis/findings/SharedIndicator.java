package whorl.collector.analysis.findings;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An indicator of this evidence that other JVMs saw, too. */
public record SharedIndicator(String kind, String value, List<Elsewhere> elsewhere) {
  public SharedIndicator {
    elsewhere = List.copyOf(elsewhere);
  }

  /**
   * A JVM that saw the indicator.
   *
   * @param evidence the evidence that has it; null if it was in an alert
   * @param alert the alert that has it; null if it was in evidence
   */
  public record Elsewhere(
      @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable String agent,
      @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable String service,
      @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable String pod,
      @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable String evidence,
      @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable String alert,
      Instant firstSeen,
      Instant lastSeen) {}
}
