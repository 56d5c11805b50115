package whorl.collector.cli.terminal;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Fields of the collector's answers, as tables and lines show them. */
public final class JsonFields {
  private JsonFields() {}

  /** The text of a field; null if it is absent or empty. */
  public static @Nullable String text(JsonNode node, String name) {
    String text = node.path(name).asText("");
    return text.isEmpty() ? null : text;
  }

  /** The text of a field; a dash if it is absent or empty. */
  public static String orDash(JsonNode node, String name) {
    String text = text(node, name);
    return text == null ? "-" : text;
  }

  /**
   * The time of a field, to the second; a dash if it is absent or empty. A text that is no time is
   * shown as it is.
   */
  public static String time(JsonNode node, String name) {
    return shown(text(node, name), Table::time);
  }

  /** Like {@link #time}, but to the millisecond. */
  public static String exactTime(JsonNode node, String name) {
    return shown(text(node, name), Table::exactTime);
  }

  private static String shown(@Nullable String text, Function<Instant, String> form) {
    if (text == null) {
      return "-";
    }
    try {
      return form.apply(Instant.parse(text));
    } catch (DateTimeParseException otherForm) {
      return text;
    }
  }
}
