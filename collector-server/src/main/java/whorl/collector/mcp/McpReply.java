package whorl.collector.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one message.
 *
 * @param status over HTTP
 * @param message null if the message needs no answer
 */
public record McpReply(int status, @Nullable ObjectNode message) {
  static final McpReply ACCEPTED = new McpReply(202, null);
}
