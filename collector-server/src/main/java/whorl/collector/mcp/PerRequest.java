package whorl.collector.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Json;
import whorl.evidence.Text;

/**
 * The revision 2026-07-28 of MCP, in which each request says its version, and nothing is
 * initialized before. The SDK has the revisions up to 2025-11-25; what differs for a server that
 * only answers is here.
 *
 * @see <a href="https://modelcontextprotocol.io/specification/2026-07-28/basic">the revision</a>
 */
final class PerRequest {
  static final String VERSION = "2026-07-28";
  static final String DISCOVER = "server/discover";

  private static final String PREFIX = "io.modelcontextprotocol/";
  private static final int BAD_REQUEST = 400;

  /** How long clients may keep lists, which change with the collector's version only. */
  private static final long LISTS_KEEP_MILLIS = 300_000;

  private static final Set<String> LISTS = Set.of("tools/list", "prompts/list", DISCOVER);
  private static final Set<String> METHODS =
      Set.of("tools/list", "tools/call", "prompts/list", "prompts/get", DISCOVER);

  private PerRequest() {}

  /** Returns the version that the request says of itself; null in earlier revisions. */
  static @Nullable String version(Incoming request) {
    return meta(request).get(PREFIX + "protocolVersion") instanceof String version ? version : null;
  }

  /**
   * Checks what each request must have.
   *
   * @param headers null where the transport has none
   * @throws RpcException if it lacks something
   */
  static void check(Incoming request, @Nullable McpHeaders headers) {
    if (headers != null) {
      same("MCP-Protocol-Version", headers.version(), version(request));
      same("Mcp-Method", headers.method(), request.method());
      if (request.method().equals("tools/call") || request.method().equals("prompts/get")) {
        same("Mcp-Name", decoded(headers.name()), request.text("name"));
      }
    }
    if (!(meta(request).get(PREFIX + "clientCapabilities") instanceof Map)) {
      throw new RpcException(
          RpcException.INVALID_PARAMS,
          BAD_REQUEST,
          "_meta must have " + PREFIX + "clientCapabilities, an object");
    }
    if (!METHODS.contains(request.method())) {
      throw new RpcException(
          RpcException.METHOD_NOT_FOUND,
          404,
          "Method not found: " + Text.shortened(request.method()));
    }
  }

  /** Adds to a result what each must have. */
  static void complete(String method, ObjectNode result, Object serverInfo) {
    result.put("resultType", "complete");
    if (LISTS.contains(method)) {
      result.put("ttlMs", LISTS_KEEP_MILLIS);
      result.put("cacheScope", "public");
    }
    ObjectNode meta =
        result.get("_meta") instanceof ObjectNode there ? there : result.putObject("_meta");
    meta.set(PREFIX + "serverInfo", Json.LENIENT.valueToTree(serverInfo));
  }

  private static Map<?, ?> meta(Incoming request) {
    return request.params().get("_meta") instanceof Map<?, ?> meta ? meta : Map.of();
  }

  private static void same(String header, @Nullable String value, @Nullable String inBody) {
    if (value == null || !value.equals(inBody)) {
      throw new RpcException(
          RpcException.HEADER_MISMATCH,
          BAD_REQUEST,
          "Header mismatch: "
              + header
              + (value == null ? " is missing" : " is " + Text.shortened(value))
              + ", but the body has "
              + (inBody == null ? "none" : Text.shortened(inBody)));
    }
  }

  /** What is not plain ASCII comes as {@code =?base64?…?=}. */
  private static @Nullable String decoded(@Nullable String value) {
    if (value == null || !value.startsWith("=?base64?") || !value.endsWith("?=")) {
      return value;
    }
    try {
      byte[] bytes =
          Base64.getDecoder().decode(value.substring("=?base64?".length(), value.length() - 2));
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException notBase64) {
      return value;
    }
  }
}
