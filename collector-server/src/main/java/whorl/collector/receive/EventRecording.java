package whorl.collector.receive;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmc.flightrecorder.writer.api.AnnotatedElementBuilder;
import org.openjdk.jmc.flightrecorder.writer.api.Recording;
import org.openjdk.jmc.flightrecorder.writer.api.Recordings;
import org.openjdk.jmc.flightrecorder.writer.api.Type;
import org.openjdk.jmc.flightrecorder.writer.api.TypeStructureBuilder;
import org.openjdk.jmc.flightrecorder.writer.api.TypedFieldBuilder;
import org.openjdk.jmc.flightrecorder.writer.api.TypedValue;
import org.openjdk.jmc.flightrecorder.writer.api.TypedValueBuilder;
import org.openjdk.jmc.flightrecorder.writer.api.Types;
import whorl.evidence.EventLine;

/**
 * A {@code .jfr} file of events, written with JMC's writer. One tick is one nanosecond, counted
 * from the first event. The writer leaves out primitive values that were not given, which shifts
 * all that follow: so every field of every structure is given a value here.
 */
final class EventRecording implements AutoCloseable {
  private static final long FIRST_TICK = 1;
  private static final int FRAMES_MAX = 256;
  private static final int TEXT_MAX_CHARS = 32 << 10;

  private final Recording recording;
  private final JfrTypes types;
  private final Instant start;
  private final Map<String, Map<String, EventShapes.Kind>> shapes;
  private final Map<String, Type> eventTypes = new HashMap<>();
  private final Map<String, TypedValue> threads = new HashMap<>();
  private final Map<String, TypedValue> frames = new HashMap<>();

  EventRecording(Path file, EventShapes shapes) throws IOException {
    this.start = shapes.first();
    this.shapes = whole(shapes.types());
    OutputStream out = new BufferedOutputStream(Files.newOutputStream(file));
    this.recording =
        Recordings.newRecording(
            out,
            settings ->
                settings
                    .withTimestamp(epochNanos(start))
                    .withStartTicks(FIRST_TICK)
                    .withDuration(Duration.between(start, shapes.last()).toNanos() + 1));
    this.types = new JfrTypes(recording.getTypes());
    this.shapes.forEach((name, fields) -> eventTypes.put(name, register(name, fields)));
  }

  /** With the fields that no event had a value for: what shows events wants them all. */
  private static Map<String, Map<String, EventShapes.Kind>> whole(
      Map<String, Map<String, EventShapes.Kind>> learned) {
    Map<String, Map<String, EventShapes.Kind>> whole = new LinkedHashMap<>();
    learned.forEach(
        (name, kinds) -> {
          Map<String, EventShapes.Kind> fields = new LinkedHashMap<>();
          EventTypes.EventType known = EventTypes.of(name);
          if (known != null) {
            known.fields().forEach(f -> fields.put(f.name(), kind(f, kinds.get(f.name()))));
          }
          kinds.forEach(
              (field, kind) ->
                  fields.putIfAbsent(
                      field, kind == EventShapes.Kind.INT ? EventShapes.Kind.LONG : kind));
          whole.put(name, fields);
        });
    return whole;
  }

  private static EventShapes.Kind kind(EventTypes.Field known, EventShapes.@Nullable Kind learned) {
    return learned == null || known.kind().holds(learned) ? known.kind() : learned;
  }

  void write(EventLine line) {
    Type type = eventTypes.get(line.type());
    Map<String, EventShapes.Kind> fields = shapes.get(line.type());
    if (type == null || fields == null) {
      throw new IllegalStateException("events.ndjson has changed while it was read");
    }
    Map<String, Object> values = new HashMap<>();
    line.fields().forEach((name, value) -> values.put(EventShapes.nameOf(name), value));
    recording.writeEvent(
        type.asValue(
            event -> {
              event.putField("startTime", tick(line.time()));
              event.putField("eventThread", thread(line.thread()));
              event.putField("stackTrace", stackTrace(line.stack()));
              fields.forEach((name, kind) -> put(event, name, kind, values.get(name)));
            }));
  }

  @Override
  public void close() throws IOException {
    recording.close();
  }

  private Type register(String name, Map<String, EventShapes.Kind> fields) {
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
              (field, kind) -> type.addField(field, builtin(kind), annotated(known, field, kind)));
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

  /** What the agent says of a field, unless the values are of another kind than they should be. */
  private Consumer<TypedFieldBuilder> annotated(
      EventTypes.@Nullable EventType type, String name, EventShapes.Kind kind) {
    EventTypes.Field known = type == null ? null : type.field(name);
    if (known == null) {
      return built -> label(built, EventShapes.labelOf(name));
    }
    return built -> {
      label(built, known.label());
      built.addAnnotation(Types.JDK.ANNOTATION_DESCRIPTION, known.description());
      if (kind == known.kind()) {
        known
            .annotations()
            .forEach((of, value) -> built.addAnnotation(types.fieldAnnotation(of), value));
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

  private static void put(
      TypedValueBuilder event, String name, EventShapes.Kind kind, @Nullable Object value) {
    switch (kind) {
      case BOOLEAN -> event.putField(name, Boolean.TRUE.equals(value));
      case INT -> event.putField(name, value instanceof Number number ? number.intValue() : 0);
      case LONG -> event.putField(name, value instanceof Number number ? number.longValue() : 0L);
      case DOUBLE ->
          event.putField(name, value instanceof Number number ? number.doubleValue() : 0.0);
      case TEXT -> event.putField(name, text(value));
    }
  }

  private static @Nullable String text(@Nullable Object value) {
    if (value == null) {
      return null;
    }
    String text =
        value instanceof Collection<?> many
            ? many.stream().map(String::valueOf).collect(Collectors.joining(", "))
            : value.toString();
    return text.length() <= TEXT_MAX_CHARS ? text : text.substring(0, TEXT_MAX_CHARS) + "…";
  }

  private TypedValue thread(@Nullable String name) {
    return threads.computeIfAbsent(
        name == null ? "" : name,
        known ->
            types
                .thread()
                .asValue(
                    thread -> {
                      String said = text(known.isEmpty() ? "unknown" : known);
                      thread.putField("osName", said);
                      thread.putField("osThreadId", 0L);
                      thread.putField("javaName", said);
                      // JMC tells threads apart by this number.
                      thread.putField("javaThreadId", threads.size() + 1L);
                    }));
  }

  private TypedValue stackTrace(List<String> stack) {
    if (stack.isEmpty()) {
      return types.stackTrace().nullValue();
    }
    TypedValue[] values =
        stack.stream().limit(FRAMES_MAX).map(this::frame).toArray(TypedValue[]::new);
    return types
        .stackTrace()
        .asValue(
            trace -> {
              trace.putField("truncated", stack.size() > FRAMES_MAX);
              trace.putField("frames", values);
            });
  }

  private TypedValue frame(String text) {
    TypedValue known = frames.get(text);
    if (known == null) {
      known = newFrame(FrameText.parse(text));
      frames.put(text, known);
    }
    return known;
  }

  private TypedValue newFrame(FrameText text) {
    return types
        .stackFrame()
        .asValue(
            frame -> {
              frame.putField(
                  "method",
                  method -> {
                    method.putField(
                        "type",
                        type -> {
                          type.putField("name", symbol(text.className().replace('.', '/')));
                          type.putField("modifiers", 0);
                          type.putField("hidden", false);
                        });
                    method.putField("name", symbol(text.method()));
                    method.putField("descriptor", symbol("()V"));
                    method.putField("modifiers", 0);
                    method.putField("hidden", false);
                  });
              frame.putField("lineNumber", text.line());
              frame.putField("bytecodeIndex", 0);
              frame.putField(
                  "type",
                  type ->
                      type.putField("description", text.isNative() ? "Native" : "JIT compiled"));
            });
  }

  private TypedValue symbol(String text) {
    return types.symbol().asValue(symbol -> symbol.putField("string", text));
  }

  private long tick(Instant time) {
    return FIRST_TICK + Duration.between(start, time).toNanos();
  }

  private static long epochNanos(Instant time) {
    return Math.addExact(Math.multiplyExact(time.getEpochSecond(), 1_000_000_000L), time.getNano());
  }
}
