package whorl.collector.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Json;

/** Ends a message with an error of JSON-RPC. */
final class RpcException extends RuntimeException {
  static final int PARSE_ERROR = -32700;
  static final int INVALID_REQUEST = -32600;
  static final int METHOD_NOT_FOUND = -32601;
  static final int INVALID_PARAMS = -32602;
  static final int INTERNAL_ERROR = -32603;

  /** The headers of an HTTP request are missing or differ from its body. */
  static final int HEADER_MISMATCH = -32020;

  static final int UNSUPPORTED_VERSION = -32022;

  private final int code;
  private final int status;
  private final transient @Nullable Object data;

  /**
   * @param status over HTTP
   */
  RpcException(int code, int status, String message) {
    this(code, status, message, null);
  }

  RpcException(int code, int status, String message, @Nullable Object data) {
    super(message, null, false, false);
    this.code = code;
    this.status = status;
    this.data = data;
  }

  /**
   * Returns the answer.
   *
   * @param id of the request; null if it cannot be read
   */
  McpReply reply(@Nullable Object id) {
    ObjectNode answer = Json.LENIENT.createObjectNode();
    answer.put("jsonrpc", "2.0");
    answer.set("id", Json.LENIENT.valueToTree(id));
    ObjectNode error = answer.putObject("error");
    error.put("code", code);
    error.put("message", getMessage());
    if (data != null) {
      error.set("data", Json.LENIENT.valueToTree(data));
    }
    return new McpReply(status, answer);
  }
}
