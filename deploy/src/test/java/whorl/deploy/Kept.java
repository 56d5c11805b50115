package whorl.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/** Whether all of a pod is still there after the injection. */
final class Kept {
  private Kept() {}

  /**
   * Fields of an object stay; elements of a list stay in their order, and what is new comes behind
   * them, or, for init containers, before them. Only the value of JAVA_TOOL_OPTIONS gets longer.
   */
  static void check(String where, JsonNode before, JsonNode after) {
    if (before.isObject()) {
      boolean options = "JAVA_TOOL_OPTIONS".equals(before.path("name").asText());
      for (Map.Entry<String, JsonNode> each : before.properties()) {
        String path = where + "." + each.getKey();
        JsonNode now = after.path(each.getKey());
        if (options && each.getKey().equals("value")) {
          assertThat(now.asText()).as(path).startsWith(each.getValue().asText());
        } else if (!path.endsWith("metadata.annotations.whorl.io/injected")) {
          check(path, each.getValue(), now);
        }
      }
    } else if (before.isArray()) {
      assertThat(after.size()).as(where).isGreaterThanOrEqualTo(before.size());
      int offset = where.endsWith(".initContainers") ? after.size() - before.size() : 0;
      for (int i = 0; i < before.size(); i++) {
        check(where + "[" + i + "]", before.get(i), after.path(i + offset));
      }
    } else {
      assertThat(after).as(where).isEqualTo(before);
    }
  }
}
