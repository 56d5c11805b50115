package whorl.collector.derive;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmc.flightrecorder.writer.api.Recording;
import org.openjdk.jmc.flightrecorder.writer.api.Recordings;
import org.openjdk.jmc.flightrecorder.writer.api.Type;
import org.openjdk.jmc.flightrecorder.writer.api.TypedValue;
import org.openjdk.jmc.flightrecorder.writer.api.TypedValueBuilder;
import whorl.evidence.EventLine;
import whorl.evidence.Text;

/**
 * A {@code .jfr} file of events, written with JMC's writer. One tick is one nanosecond, counted
 * from the first event. The writer omits primitive values that were not set, which shifts all
 * following values. Therefore this class sets every field of every structure.
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
    this.shapes = EventMetadata.withKnownFields(shapes.types());
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
    EventMetadata metadata = new EventMetadata(recording, types);
    this.shapes.forEach((name, fields) -> eventTypes.put(name, metadata.register(name, fields)));
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
    return Text.atMost(text, TEXT_MAX_CHARS);
  }

  private TypedValue thread(@Nullable String name) {
    return threads.computeIfAbsent(
        name == null ? "" : name,
        known ->
            types
                .thread()
                .asValue(
                    thread -> {
                      String shown = text(known.isEmpty() ? "unknown" : known);
                      thread.putField("osName", shown);
                      thread.putField("osThreadId", 0L);
                      thread.putField("javaName", shown);
                      // JMC identifies threads by this number.
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
