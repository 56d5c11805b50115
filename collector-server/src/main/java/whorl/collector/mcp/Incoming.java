package whorl.collector.mcp;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Json;

/**
 * A message of a client, which is a request, a notification or a response (JSON-RPC 2.0). Batches
 * are not part of MCP any more.
 *
 * @param id of a request; null for others
 * @param method empty for a response, which nobody waits for here
 * @param params empty without
 */
record Incoming(@Nullable Object id, String method, Map<String, Object> params) {
  private static final int ID_MAX_CHARS = 256;
  private static final int METHOD_MAX_CHARS = 100;
  private static final int BAD_REQUEST = 400;
  private static final TypeReference<Map<String, Object>> PARAMS = new TypeReference<>() {};

  /** Parses JSON. */
  static JsonNode json(byte[] message) {
    JsonNode json;
    try {
      json = Json.LENIENT.readTree(message);
    } catch (IOException e) {
      throw new RpcException(
          RpcException.PARSE_ERROR, BAD_REQUEST, "this is not JSON, or it is nested too deeply");
    }
    if (json == null || !json.isObject()) {
      throw invalid("a message is one JSON object; batches are not supported");
    }
    return json;
  }

  /** Returns the id of a request for the answer to it, even if all else is wrong. */
  static @Nullable Object id(JsonNode json) {
    JsonNode id = json.path("id");
    if (id.isTextual() && id.textValue().length() <= ID_MAX_CHARS) {
      return id.textValue();
    }
    return id.isIntegralNumber() && id.canConvertToLong() ? id.longValue() : null;
  }

  static Incoming of(JsonNode json) {
    if (!json.path("jsonrpc").asText().equals("2.0")) {
      throw invalid("jsonrpc must be \"2.0\"");
    }
    JsonNode method = json.path("method");
    if (method.isMissingNode() && (json.has("result") || json.has("error"))) {
      return new Incoming(null, "", Map.of());
    }
    if (!method.isTextual()
        || method.textValue().isEmpty()
        || method.textValue().length() > METHOD_MAX_CHARS) {
      throw invalid("method must be text of 1 to " + METHOD_MAX_CHARS + " characters");
    }
    Object id = id(json);
    if (id == null && json.has("id")) {
      throw invalid(
          "id must be a whole number, or text of at most " + ID_MAX_CHARS + " characters");
    }
    JsonNode params = json.path("params");
    if (!params.isMissingNode() && !params.isObject()) {
      throw invalid("params must be an object");
    }
    return new Incoming(
        id,
        method.textValue(),
        params.isObject() ? Json.LENIENT.convertValue(params, PARAMS) : Map.of());
  }

  /** True if it waits for an answer. */
  boolean isRequest() {
    return id != null;
  }

  /** Returns a text of the parameters; null if it is not there or no text. */
  @Nullable String text(String name) {
    return params.get(name) instanceof String text ? text : null;
  }

  private static RpcException invalid(String why) {
    return new RpcException(RpcException.INVALID_REQUEST, BAD_REQUEST, "invalid request: " + why);
  }
}
