package whorl.lab.verdict;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Datadog's Java agent beside Whorl: its protection of applications is on, with the rules that it
 * contains, and its traces are printed, since there is no server to send them to. A security event
 * is the tag {@code _dd.appsec.json} of a span.
 */
public final class DatadogEvents {
  public static final String AGENT = "com.datadoghq:dd-java-agent:1.68.1";

  private static final String TAG = "_dd.appsec.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  private DatadogEvents() {}

  /** Sets the configuration of its agent. */
  public static void configure(Map<String, String> variables, String agentJar) {
    variables.put("JAVA_TOOL_OPTIONS", "-javaagent:" + agentJar);
    variables.put("DD_APPSEC_ENABLED", "true");
    variables.put("DD_APPSEC_RASP_ENABLED", "true");
    variables.put("DD_WRITER_TYPE", "PrintingWriter");
    variables.put("DD_REMOTE_CONFIGURATION_ENABLED", "false");
    variables.put("DD_INSTRUMENTATION_TELEMETRY_ENABLED", "false");
    variables.put("DD_PROFILING_ENABLED", "false");
    variables.put("DD_SERVICE", "app");
  }

  /** The events among what the application printed. */
  public static List<Observation.SeenAlert> read(List<String> lines) throws IOException {
    List<Observation.SeenAlert> alerts = new ArrayList<>();
    for (String line : lines) {
      // whatever another thread printed into the line before it
      int begins = line.contains(TAG) ? line.indexOf('{') : -1;
      if (begins >= 0) {
        String spans =
            line.charAt(Math.max(0, begins - 1)) == '['
                ? line.substring(begins - 1)
                : line.substring(begins);
        for (String event : JSON.readTree(spans).findValuesAsText(TAG)) {
          alerts.addAll(triggers(JSON.readTree(event)));
        }
      }
    }
    return alerts;
  }

  private static List<Observation.SeenAlert> triggers(JsonNode event) {
    List<Observation.SeenAlert> alerts = new ArrayList<>();
    for (JsonNode trigger : event.path("triggers")) {
      JsonNode rule = trigger.path("rule");
      alerts.add(
          new Observation.SeenAlert(
              0,
              rule.path("id").asText(),
              "high",
              rule.path("name").asText(),
              trigger.path("rule_matches").toString(),
              List.of()));
    }
    return alerts;
  }
}
