package whorl.collector.mcp;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.server.McpStatelessServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import whorl.collector.mcp.tools.Arguments;
import whorl.collector.mcp.tools.Found;
import whorl.collector.mcp.tools.Tool;
import whorl.collector.mcp.tools.ToolException;
import whorl.collector.mcp.tools.Untrusted;
import whorl.evidence.Json;

/** Shows one of our tools to the SDK, and marks all that it returns as untrusted. */
final class ToolHandler {
  private static final ObjectWriter READABLE =
      Json.LENIENT.writer().without(JsonWriteFeature.ESCAPE_NON_ASCII.mappedFeature());

  private final Tool tool;
  private final CallListener listener;

  ToolHandler(Tool tool, CallListener listener) {
    this.tool = tool;
    this.listener = listener;
  }

  SyncToolSpecification specification() {
    McpSchema.ToolAnnotations readOnly =
        McpSchema.ToolAnnotations.builder()
            .title(tool.title())
            .readOnlyHint(true)
            .destructiveHint(false)
            .idempotentHint(true)
            .openWorldHint(false)
            .build();
    McpSchema.Tool described =
        McpSchema.Tool.builder(tool.name(), tool.inputSchema())
            .title(tool.title())
            .description(tool.description())
            .annotations(readOnly)
            .build();
    return new SyncToolSpecification(described, this::handle);
  }

  private CallToolResult handle(McpTransportContext context, CallToolRequest request) {
    if (!(context.get(ToolCall.KEY) instanceof ToolCall call)) {
      throw new IllegalStateException("a call without a caller");
    }
    try {
      Arguments arguments = Arguments.read(tool, request.arguments());
      CallToolResult result = result(tool.work().read(arguments, call.api()));
      listener.called(tool.name(), CallListener.Outcome.ANSWERED);
      return result;
    } catch (ToolException e) {
      listener.called(tool.name(), CallListener.Outcome.REFUSED);
      return refused(e.getMessage());
    } catch (IOException | RuntimeException | Error e) {
      listener.called(tool.name(), CallListener.Outcome.FAILED);
      call.failed(e);
      return refused("the collector failed");
    }
  }

  private static CallToolResult result(Found found) {
    ObjectNode structured = Json.LENIENT.createObjectNode();
    structured.put("notice", Untrusted.NOTICE);
    String cut = found.cut();
    if (cut != null) {
      structured.put("cut", cut);
    }
    structured.set("data", found.data());
    List<McpSchema.Content> content = new ArrayList<>();
    content.add(text(Untrusted.NOTICE));
    content.add(text(json(found.data())));
    if (cut != null) {
      content.add(text("cut: " + cut));
    }
    return CallToolResult.builder(content).structuredContent(structured).isError(false).build();
  }

  /** JSON as a person would read it: the transport escapes what is not ASCII. */
  private static String json(JsonNode data) {
    try {
      return READABLE.writeValueAsString(data);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot write a tree as JSON", e);
    }
  }

  /** A message of the API may repeat foreign text, such as why evidence was purged. */
  private static CallToolResult refused(String why) {
    return CallToolResult.builder(List.of(text(Untrusted.NOTICE), text(Untrusted.harmless(why))))
        .isError(true)
        .build();
  }

  private static McpSchema.Content text(String text) {
    return TextContent.builder(text).build();
  }
}
