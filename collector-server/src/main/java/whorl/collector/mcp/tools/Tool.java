package whorl.collector.mcp.tools;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A tool that reads.
 *
 * @param name as the model calls it
 * @param title for people
 * @param description for the model: what it gives, and when to use it
 */
public record Tool(String name, String title, String description, List<Input> inputs, Work work) {
  public Tool {
    inputs = List.copyOf(inputs);
  }

  /** What a tool does. */
  @FunctionalInterface
  public interface Work {
    /**
     * @throws ToolException with a message for the model
     */
    Found read(Arguments arguments, Api api) throws IOException;
  }

  /** The JSON Schema (2020-12) of its arguments; no others are accepted. */
  public Map<String, Object> inputSchema() {
    Map<String, Object> properties = new LinkedHashMap<>();
    inputs.forEach(input -> properties.put(input.name(), input.schema()));
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "object");
    schema.put("properties", properties);
    schema.put("required", inputs.stream().filter(Input::required).map(Input::name).toList());
    schema.put("additionalProperties", false);
    return schema;
  }
}
