package whorl.collector.mcp.tools;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;

/** The collector's API, as one caller may read it. Tools have no other access to anything. */
@FunctionalInterface
public interface Api {
  /** An answer of more bytes is refused with a {@link TooLongException}. */
  int ANSWER_MAX_BYTES = 16 << 20;

  /**
   * Gets a resource that is JSON.
   *
   * @throws ToolException if the API refuses it; the message is for the model
   * @throws IOException if the collector itself fails
   */
  JsonNode get(Resource resource) throws IOException;
}
