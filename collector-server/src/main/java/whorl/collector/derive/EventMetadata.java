package whorl.collector.derive;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmc.flightrecorder.writer.api.AnnotatedElementBuilder;
import org.openjdk.jmc.flightrecorder.writer.api.Recording;
import org.openjdk.jmc.flightrecorder.writer.api.Type;
import org.openjdk.jmc.flightrecorder.writer.api.TypeStructureBuilder;
import org.openjdk.jmc.flightrecorder.writer.api.TypedFieldBuilder;
import org.openjdk.jmc.flightrecorder.writer.api.Types;

/**
 * The metadata of event types in a derived recording. The agent's types have the same metadata as
 * in the agent's own recordings; other types get labels from their names.
 */
final class EventMetadata {
  private final Recording recording;
  private final JfrTypes types;

  EventMetadata(Recording recording, JfrTypes types) {
    this.recording = recording;
    this.types = types;
  }

  /** Adds the known fields that no event has a value for, because viewers expect all fields. */
  static Map<String, Map<String, EventShapes.Kind>> withKnownFields(
      Map<String, Map<String, EventShapes.Kind>> learned) {
    Map<String, Map<String, EventShapes.Kind>> completed = new LinkedHashMap<>();
    learned.forEach(
        (name, kinds) -> {
          Map<String, EventShapes.Kind> fields = new LinkedHashMap<>();
          EventTypes.EventType known = EventTypes.of(name);
          if (known != null) {
            known
                .fields()
                .forEach(field -> fields.put(field.name(), kind(field, kinds.get(field.name()))));
          }
          kinds.forEach(
              (field, kind) ->
                  fields.putIfAbsent(
                      field, kind == EventShapes.Kind.INT ? EventShapes.Kind.LONG : kind));
          completed.put(name, fields);
        });
    return completed;
  }

  private static EventShapes.Kind kind(EventTypes.Field known, EventShapes.@Nullable Kind learned) {
    return learned == null || known.kind().holds(learned) ? known.kind() : learned;
  }

  /** Registers an event type with these fields, in their order. */
  Type register(String name, Map<String, EventShapes.Kind> fields) {
    EventTypes.EventType known = EventTypes.of(name);
    // Not registerEventType: it puts stackTrace first, and the JDK's parser takes the first field
    // for the start time.
    return recording.registerType(
        name,
        "jdk.jfr.Event",
        type -> {
          type.addField(
              "startTime",
              Types.Builtin.LONG,
              field ->
                  label(field, "Start Time")
                      .addAnnotation(
                          types.fieldAnnotation(Types.JDK.ANNOTATION_TIMESTAMP.getTypeName()),
                          "TICKS"));
          type.addField("eventThread", types.thread(), field -> label(field, "Event Thread"));
          type.addField("stackTrace", types.stackTrace(), field -> label(field, "Stack Trace"));
          type.addAnnotation(Types.JDK.ANNOTATION_NAME, name);
          describe(type, name, known);
          fields.forEach(
              (field, kind) -> type.addField(field, builtin(kind), annotator(known, field, kind)));
        });
  }

  private void describe(
      TypeStructureBuilder type, String name, EventTypes.@Nullable EventType known) {
    String simpleName = name.substring(name.lastIndexOf('.') + 1);
    label(type, known == null ? EventShapes.labelOf(simpleName) : known.label());
    List<String> category =
        known != null
            ? known.category()
            : name.startsWith("whorl.") ? List.of("Whorl") : List.of("Whorl", "Seen by the JDK");
    type.addAnnotation(
        types.category(), value -> value.putField("value", category.toArray(String[]::new)));
    if (known != null) {
      type.addAnnotation(Types.JDK.ANNOTATION_DESCRIPTION, known.description());
    }
  }

  private static <T extends AnnotatedElementBuilder<?>> T label(T element, String label) {
    element.addAnnotation(Types.JDK.ANNOTATION_LABEL, label);
    return element;
  }

  /** Returns the agent's metadata of a field, unless its values are of another kind. */
  private Consumer<TypedFieldBuilder> annotator(
      EventTypes.@Nullable EventType type, String name, EventShapes.Kind kind) {
    EventTypes.Field known = type == null ? null : type.field(name);
    if (known == null) {
      return field -> label(field, EventShapes.labelOf(name));
    }
    return field -> {
      label(field, known.label());
      field.addAnnotation(Types.JDK.ANNOTATION_DESCRIPTION, known.description());
      if (kind == known.kind()) {
        known
            .annotations()
            .forEach((of, value) -> field.addAnnotation(types.fieldAnnotation(of), value));
      }
    };
  }

  private static Types.Builtin builtin(EventShapes.Kind kind) {
    return switch (kind) {
      case BOOLEAN -> Types.Builtin.BOOLEAN;
      case INT -> Types.Builtin.INT;
      case LONG -> Types.Builtin.LONG;
      case DOUBLE -> Types.Builtin.DOUBLE;
      case TEXT -> Types.Builtin.STRING;
    };
  }
}
