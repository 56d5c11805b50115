package whorl.collector.mcp.tools;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Text;

/** The arguments of one call, checked. */
public final class Arguments {
  private final Map<String, String> values;

  private Arguments(Map<String, String> values) {
    this.values = values;
  }

  /**
   * Checks the arguments of a call of this tool.
   *
   * @param given null without arguments
   * @throws ToolException if one is unknown, missing or not allowed
   */
  public static Arguments read(Tool tool, @Nullable Map<String, Object> given) {
    Map<String, Object> left = new LinkedHashMap<>(given == null ? Map.of() : given);
    Map<String, String> values = new LinkedHashMap<>();
    for (Input input : tool.inputs()) {
      Object value = left.remove(input.name());
      String text = value == null ? input.preset() : input.read(value);
      if (text != null) {
        values.put(input.name(), text);
      } else if (input.required()) {
        throw new ToolException("argument " + input.name() + " is missing; give it");
      }
    }
    if (!left.isEmpty()) {
      List<String> known = tool.inputs().stream().map(Input::name).toList();
      throw new ToolException(
          "argument "
              + Text.shortened(left.keySet().iterator().next())
              + " is unknown; "
              + tool.name()
              + " takes "
              + (known.isEmpty() ? "none" : String.join(", ", known)));
    }
    return new Arguments(values);
  }

  @Nullable String optional(String name) {
    return values.get(name);
  }

  String required(String name) {
    String value = values.get(name);
    if (value == null) {
      throw new IllegalStateException("not an argument that is always there: " + name);
    }
    return value;
  }

  int number(String name) {
    return Integer.parseInt(required(name));
  }

  /** Returns the resource with these arguments as parameters of the same names. */
  Resource in(Resource resource, String... names) {
    Resource with = resource;
    for (String name : names) {
      with = with.with(name, optional(name));
    }
    return with;
  }
}
