package whorl.collector.mcp.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import whorl.evidence.Json;

/** Makes values of the API harmless and small: first long texts and lists are cut, then shorter. */
final class Bounds {
  /** The limit of a result, as JSON: a context window has room for several. */
  static final int RESULT_MAX_BYTES = 64 << 10;

  /** The limit of one row of a list, so that a result has room for several. */
  static final int ROW_MAX_BYTES = 16 << 10;

  /** How much is cut, at each attempt more. */
  private record Step(int maxChars, int maxItems) {}

  private static final List<Step> STEPS =
      List.of(
          new Step(8_000, 500),
          new Step(2_000, 100),
          new Step(500, 40),
          new Step(200, 15),
          new Step(60, 8));

  private Bounds() {}

  /** Returns the value within this number of bytes as JSON. */
  static Found within(JsonNode value, int maxBytes) {
    for (Step step : STEPS) {
      Untrusted untrusted = new Untrusted(step.maxChars, step.maxItems);
      JsonNode small = untrusted.harmless(value);
      if (bytes(small) <= maxBytes) {
        return new Found(
            small, untrusted.isCut() ? "long texts and lists are cut where they say so" : null);
      }
    }
    return new Found(
        TextNode.valueOf("… [" + bytes(value) + " bytes, too many to show]"),
        "it is too large to show");
  }

  static int bytes(JsonNode value) {
    return Json.bytes(value).length;
  }
}
