package whorl.collector.analysis;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A telling value of this evidence that others saw too.
 *
 * @param kind {@code source address}, {@code class}, {@code file}, {@code host} or {@code lookup}
 */
public record SharedIndicator(String kind, String value, List<Elsewhere> elsewhere) {
  public SharedIndicator {
    elsewhere = List.copyOf(elsewhere);
  }

  /**
   * Who saw it.
   *
   * @param evidence where it is, or null when an alert told of it
   * @param alert that told of it, or null
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
