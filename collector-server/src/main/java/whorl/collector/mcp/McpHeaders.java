package whorl.collector.mcp;

import org.jspecify.annotations.Nullable;

/**
 * The headers of an HTTP request that repeat parts of its body, so that proxies need not read it.
 *
 * @param version of {@code MCP-Protocol-Version}
 * @param method of {@code Mcp-Method}
 * @param name of {@code Mcp-Name}: of the tool or prompt
 */
public record McpHeaders(
    @Nullable String version, @Nullable String method, @Nullable String name) {}
