package whorl.collector.mcp.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list of the API. If its rows do not fit into a result, fewer are asked for, so that
 * the cursor goes on where the result ends.
 *
 * @param list the list, without its limit
 * @param name of the list in the answer
 * @param limitName the parameter that limits the rows
 * @param row changes a row before it is shown
 */
record ListPage(Resource list, String name, String limitName, UnaryOperator<JsonNode> row) {
  private static final String NEXT = "next";

  /** Each attempt but the first asks for what fits; rows may have changed meanwhile. */
  private static final int MAX_ATTEMPTS = 8;

  /** Room for what is in the answer besides the rows. */
  private static final int REST_MAX_BYTES = 8 << 10;

  ListPage(Resource list, String name) {
    this(list, name, "limit", UnaryOperator.identity());
  }

  /** Reads at most {@code limit} rows. */
  Found read(Api api, int limit) throws IOException {
    int asked = limit;
    for (int attempt = 1; ; attempt++) {
      JsonNode page;
      try {
        page = api.get(list.with(limitName, Integer.toString(asked)));
      } catch (TooLongException e) {
        if (asked == 1 || attempt == MAX_ATTEMPTS) {
          throw e;
        }
        asked = Math.max(1, asked / 4);
        continue;
      }
      ObjectNode result = rest(page);
      ArrayNode rows = rows(page, Bounds.RESULT_MAX_BYTES - Bounds.bytes(result));
      int left = page.path(name).size() - rows.size();
      if (left > 0 && attempt < MAX_ATTEMPTS) {
        asked = Math.max(1, rows.size());
        continue;
      }
      ObjectNode ordered = JsonNodeFactory.instance.objectNode();
      ordered.set(name, rows);
      ordered.setAll(result);
      if (left > 0) {
        ordered.remove(NEXT); // it would skip what is left out
      }
      return new Found(ordered, cut(ordered, left, asked < limit));
    }
  }

  private static @Nullable String cut(ObjectNode result, int left, boolean fewer) {
    if (left > 0) {
      return left + " more rows of this page did not fit; ask again with a lower limit";
    }
    if (!result.hasNonNull(NEXT)) {
      return fewer ? "fewer rows fit than were asked for" : null;
    }
    return (fewer ? "these are as many rows as fit; " : "there may be more rows; ")
        + "ask again with the same arguments and what is in the field next";
  }

  /** What is in the answer besides the rows, such as the cursor. */
  private ObjectNode rest(JsonNode page) {
    ObjectNode rest = JsonNodeFactory.instance.objectNode();
    for (Map.Entry<String, JsonNode> field : page.properties()) {
      if (!field.getKey().equals(name)) {
        rest.set(field.getKey(), field.getValue());
      }
    }
    return Bounds.within(rest, REST_MAX_BYTES).data() instanceof ObjectNode small
        ? small
        : JsonNodeFactory.instance.objectNode();
  }

  private ArrayNode rows(JsonNode page, int maxBytes) {
    ArrayNode rows = JsonNodeFactory.instance.arrayNode();
    int left = maxBytes - name.length() - 8;
    for (JsonNode each : page.path(name)) {
      JsonNode small = Bounds.within(row.apply(each), Bounds.ROW_MAX_BYTES).data();
      left -= Bounds.bytes(small) + 1;
      if (left < 0) {
        break;
      }
      rows.add(small);
    }
    return rows;
  }
}
