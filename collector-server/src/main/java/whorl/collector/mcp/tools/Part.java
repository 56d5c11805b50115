package whorl.collector.mcp.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** An object of the API with one long list, which is shown in parts. */
final class Part {
  /** Room for what the object has besides the list. */
  private static final int REST_MAX_BYTES = 32 << 10;

  private Part() {}

  /** Returns the object with at most {@code limit} of the list's entries, as many as fit. */
  static Found of(JsonNode object, String list, int offset, int limit) {
    ObjectNode rest = JsonNodeFactory.instance.objectNode();
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      if (!field.getKey().equals(list)) {
        rest.set(field.getKey(), field.getValue());
      }
    }
    JsonNode all = object.path(list);
    Found small = Bounds.within(rest, REST_MAX_BYTES);
    int left = Bounds.RESULT_MAX_BYTES - Bounds.bytes(small.data()) - list.length() - 64;
    ArrayNode shown = JsonNodeFactory.instance.arrayNode();
    int end = (int) Math.min(all.size(), (long) offset + limit);
    int next = Math.min(offset, all.size());
    while (next < end) {
      JsonNode entry = Bounds.within(all.get(next), Bounds.ROW_MAX_BYTES).data();
      left -= Bounds.bytes(entry) + 1;
      if (left < 0) {
        break;
      }
      shown.add(entry);
      next++;
    }
    ObjectNode result = JsonNodeFactory.instance.objectNode();
    if (small.data() instanceof ObjectNode fields) {
      result.setAll(fields);
    }
    result.set(list, shown);
    if (next < all.size()) {
      return new Found(
          result,
          list
              + ": "
              + (all.size() - next)
              + " of "
              + all.size()
              + " come after these; ask again with offset="
              + next);
    }
    return new Found(result, small.cut());
  }
}
