package whorl.collector.mcp.tools;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * What a tool has found, harmless and small enough to be sent.
 *
 * @param data at most {@link Bounds#RESULT_MAX_BYTES} as JSON
 * @param cut what is not in it, and how to get that; null if nothing is left out
 */
public record Found(JsonNode data, @Nullable String cut) {}
