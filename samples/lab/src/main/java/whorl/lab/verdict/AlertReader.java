package whorl.lab.verdict;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Reads the collector's alerts. */
public final class AlertReader {
  private static final int STACK_FRAMES = 12;
  private static final int FIELDS_CHARS = 600;

  private AlertReader() {}

  public static Observation.SeenAlert read(JsonNode alert) {
    List<String> stack = new ArrayList<>();
    for (JsonNode frame : alert.path("stack")) {
      if (stack.size() < STACK_FRAMES) {
        stack.add(frame.asText());
      }
    }
    String fields = alert.path("fields").toString();
    return new Observation.SeenAlert(
        millis(alert.path("receivedAt")),
        alert.path("rule").asText(),
        alert.path("level").asText(),
        alert.path("title").asText(),
        fields.substring(0, Math.min(fields.length(), FIELDS_CHARS)),
        stack);
  }

  /** 0 when there is no time. */
  public static long millis(JsonNode time) {
    return time.isTextual() ? Instant.parse(time.asText()).toEpochMilli() : 0;
  }
}
