package whorl.collector.inject;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;

/**
 * A JSON Patch of additions. At the path of a member that is there, an addition replaces it.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6902">RFC 6902</a>
 */
final class JsonPatch {
  /** A pod itself has at most 1.5 MiB, and what it names is repeated for each container. */
  private static final int MAX_CHARS = 512 << 10;

  private final ArrayNode operations = JsonNodeFactory.instance.arrayNode();
  private int chars;

  /**
   * @throws IllegalStateException if the patch would be very long
   */
  void add(String path, JsonNode value) {
    chars += path.length() + value.toString().length();
    if (chars > MAX_CHARS) {
      throw new IllegalStateException("the patch of this pod would be very long");
    }
    operations.addObject().put("op", "add").put("path", path).set("value", value.deepCopy());
  }

  void add(String path, String value) {
    add(path, TextNode.valueOf(value));
  }

  /** Makes an empty array at the path if it is not there. */
  void ensureArray(JsonNode parent, String field, String path) {
    if (!parent.path(field).isArray()) {
      add(path, JsonNodeFactory.instance.arrayNode());
    }
  }

  /** A segment of a path, escaped as RFC 6901 says. */
  static String segment(String key) {
    return key.replace("~", "~0").replace("/", "~1");
  }

  /** The operations; empty if nothing is changed. */
  ArrayNode operations() {
    return operations;
  }
}
