package whorl.collector.derive;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Json;

/**
 * The JFR metadata of the agent's event types. A derived recording uses it, so that Mission Control
 * shows it like a recorded one. The resource is generated from the annotations of the agent's
 * events; a test keeps it current.
 */
final class EventTypes {
  private static final String RESOURCE = "event-types.json";
  private static final Map<String, EventType> KNOWN =
      load().types().stream().collect(Collectors.toMap(EventType::name, Function.identity()));

  private EventTypes() {}

  /** The whole resource. */
  record Document(List<EventType> types) {}

  /**
   * An event type.
   *
   * @param name such as {@code whorl.FileOpen}
   * @param category from the outermost folder inwards
   * @param fields its own, not JFR's
   */
  record EventType(
      String name, String label, String description, List<String> category, List<Field> fields) {
    @Nullable Field field(String fieldName) {
      return fields.stream().filter(f -> f.name().equals(fieldName)).findFirst().orElse(null);
    }
  }

  /**
   * A field of an event type.
   *
   * @param type of Java, such as {@code int} or {@code java.lang.String}
   * @param annotations JFR's content types and relations, each with its value or an empty one
   */
  record Field(
      String name,
      String type,
      String label,
      String description,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, String> annotations) {
    Field {
      annotations = annotations == null ? Map.of() : Map.copyOf(annotations);
    }

    EventShapes.Kind kind() {
      return switch (type) {
        case "boolean" -> EventShapes.Kind.BOOLEAN;
        case "int" -> EventShapes.Kind.INT;
        case "long" -> EventShapes.Kind.LONG;
        case "java.lang.String" -> EventShapes.Kind.TEXT;
        default -> throw new IllegalStateException(RESOURCE + " has a field of type " + type);
      };
    }
  }

  /** Returns the type, or null for a type of a newer agent or of the JDK. */
  static @Nullable EventType of(String name) {
    return KNOWN.get(name);
  }

  private static Document load() {
    try (InputStream in = EventTypes.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + RESOURCE);
      }
      return Json.MAPPER.readValue(in, Document.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
