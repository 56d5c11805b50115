package whorl.collector.mcp.tools;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.Text;

/**
 * An argument of a tool: its JSON Schema for the model, and the check of the values that come.
 *
 * @param preset the value where none is given; null without
 */
record Input(
    String name,
    boolean required,
    @Nullable String preset,
    Map<String, Object> schema,
    Check check) {
  private static final String ID_SHAPE = "^[a-z0-9][a-z0-9-]{7,63}$";

  /** Reads a value of JSON. */
  @FunctionalInterface
  interface Check {
    /** Returns the value as a parameter of the API; null if it is not allowed. */
    @Nullable String read(Object value);
  }

  /** The id of something, as lists show it. */
  static Input id(String name, String description) {
    Map<String, Object> schema = schema("string", description);
    schema.put("pattern", ID_SHAPE);
    return optional(name, schema, value -> value instanceof String id && Id.isId(id) ? id : null);
  }

  /** Text on one line. */
  static Input text(String name, String description, int maxChars) {
    Map<String, Object> schema = schema("string", description);
    schema.put("minLength", 1);
    schema.put("maxLength", maxChars);
    return optional(
        name,
        schema,
        value ->
            value instanceof String text
                    && !text.isEmpty()
                    && text.length() <= maxChars
                    && text.chars().noneMatch(Character::isISOControl)
                ? text
                : null);
  }

  static Input choice(String name, String description, List<String> values) {
    Map<String, Object> schema = schema("string", description);
    schema.put("enum", values);
    return optional(
        name, schema, value -> value instanceof String text && values.contains(text) ? text : null);
  }

  static Input flag(String name, String description) {
    return optional(
        name,
        schema("boolean", description),
        value -> value instanceof Boolean flag ? flag.toString() : null);
  }

  /** A whole number, with the value where none is given. */
  static Input number(String name, String description, long min, long max, @Nullable Long preset) {
    Map<String, Object> schema = schema("integer", description);
    schema.put("minimum", min);
    schema.put("maximum", max);
    if (preset != null) {
      schema.put("default", preset);
    }
    Input input =
        optional(
            name, schema, value -> value instanceof Number number ? whole(number, min, max) : null);
    return new Input(
        name, false, preset == null ? null : Long.toString(preset), schema, input.check);
  }

  /** The cursor of a list's next page. */
  static Input cursor() {
    return text("cursor", "The field `next` of the page before, to get what follows it.", 4_000);
  }

  /** The number of rows of a page. */
  static Input limit(int preset, int max) {
    return number(
        "limit",
        "How many at most; fewer come if they would not fit into the answer.",
        1,
        max,
        (long) preset);
  }

  /** The same, which must be given. */
  Input asRequired() {
    return new Input(name, true, preset, schema, check);
  }

  /**
   * Reads a value.
   *
   * @throws ToolException if it is not allowed
   */
  String read(Object value) {
    String text = check.read(value);
    if (text == null) {
      throw new ToolException(
          "argument "
              + name
              + ": not allowed: "
              + Text.shortened(String.valueOf(value))
              + "; it must be of this schema: "
              + Json.text(schema));
    }
    return text;
  }

  private static @Nullable String whole(Number number, long min, long max) {
    double value = number.doubleValue();
    return value == Math.rint(value) && value >= min && value <= max
        ? Long.toString(number.longValue())
        : null;
  }

  private static Input optional(String name, Map<String, Object> schema, Check check) {
    return new Input(name, false, null, schema, check);
  }

  private static Map<String, Object> schema(String type, String description) {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", type);
    schema.put("description", description);
    return schema;
  }
}
