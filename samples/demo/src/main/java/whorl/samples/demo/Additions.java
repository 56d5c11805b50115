package whorl.samples.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Applies a JSON Patch of additions, which is all that the webhook answers with.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6902">RFC 6902</a>
 */
final class Additions {
  private Additions() {}

  /**
   * Changes the target.
   *
   * @throws IllegalStateException for an operation that is no addition, or a path that is not there
   */
  static void apply(JsonNode patch, JsonNode target) {
    for (JsonNode operation : patch) {
      String path = operation.path("path").asText();
      if (!operation.path("op").asText().equals("add") || !path.startsWith("/")) {
        throw new IllegalStateException("not an addition: " + operation);
      }
      int slash = path.lastIndexOf('/');
      JsonNode parent = target.at(path.substring(0, slash));
      String last = path.substring(slash + 1).replace("~1", "/").replace("~0", "~");
      JsonNode value = operation.path("value").deepCopy();
      if (parent instanceof ObjectNode object) {
        object.set(last, value);
      } else if (parent instanceof ArrayNode array && last.equals("-")) {
        array.add(value);
      } else if (parent instanceof ArrayNode array && last.matches("\\d{1,6}")) {
        array.insert(Integer.parseInt(last), value);
      } else {
        throw new IllegalStateException("there is nothing at the path of " + operation);
      }
    }
  }
}
