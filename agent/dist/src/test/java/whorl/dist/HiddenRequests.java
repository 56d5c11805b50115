package whorl.dist;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import whorl.evidence.EventLine;

/**
 * Requests that are padded, encoded or spelled so that a rule might miss them, as {@code
 * -Dhidden=true} makes a program of the servers send them.
 */
final class HiddenRequests {
  private static final String LOOKUP = "Request with a JNDI Expression";
  private static final String COMMAND = "Request with a Command in a Parameter";

  /** How the request's path begins, and the rule. */
  private static final Map<String, String> EXPECTED = new LinkedHashMap<>();

  static {
    EXPECTED.put("/secret", LOOKUP);
    EXPECTED.put("/encoded", LOOKUP);
    EXPECTED.put("/twice", LOOKUP);
    EXPECTED.put("/padded", COMMAND);
    EXPECTED.put("/many", COMMAND);
    EXPECTED.put("/agent", LOOKUP);
    EXPECTED.put("/absolute", COMMAND);
    EXPECTED.put("/parameter", COMMAND);
  }

  private HiddenRequests() {}

  /** Whether a request with this path is one of them. */
  static boolean contains(Object path) {
    return EXPECTED.keySet().stream().anyMatch(String.valueOf(path)::startsWith);
  }

  /** Those that did not raise the alert of the plain request. */
  static List<String> withoutAlert(List<EventLine> events) {
    List<String> missing = new ArrayList<>();
    EXPECTED.forEach(
        (path, rule) -> {
          if (events.stream()
              .noneMatch(
                  event ->
                      event.type().equals("whorl.Alert")
                          && rule.equals(event.fields().get("title"))
                          && String.valueOf(event.fields().get("request.path")).startsWith(path))) {
            missing.add(path + ": " + rule);
          }
        });
    return missing;
  }
}
