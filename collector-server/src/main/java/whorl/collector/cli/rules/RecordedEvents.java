package whorl.collector.cli.rules;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedClass;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;
import org.jspecify.annotations.Nullable;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.event.RequestContext;

/** Reads a recording's events in the form that the agent's rules use. */
final class RecordedEvents {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final Map<String, EventType> TYPES = new HashMap<>();

  static {
    for (EventType type : EventType.values()) {
      TYPES.put(type.jfrName(), type);
    }
  }

  /** The limit of stored requests; events of further ones have only the request's id. */
  private static final int MAX_REQUESTS = 100_000;

  private final Path recording;
  private final Map<String, RequestContext> requests = new HashMap<>();

  /**
   * @param recording is read twice: events refer to their request by its id, and the request itself
   *     is recorded when it has been answered
   */
  RecordedEvents(Path recording) {
    this.recording = recording;
  }

  /**
   * Passes on all events that rules can match, in the order of the recording, which is not by time.
   *
   * @return the number of events
   */
  long read(Consumer<AgentEvent> consumer) throws IOException {
    forEach(this::storeRequest);
    long[] count = {0};
    forEach(
        (event, type) -> {
          consumer.accept(event(type, event, count[0]));
          count[0]++;
        });
    return count[0];
  }

  private void forEach(BiConsumer<RecordedEvent, EventType> consumer) throws IOException {
    try (RecordingFile file = parse(() -> new RecordingFile(recording))) {
      for (RecordedEvent event = next(file); event != null; event = next(file)) {
        EventType type = TYPES.get(event.getEventType().getName());
        if (type != null) {
          RecordedEvent current = event;
          parse(
              () -> {
                consumer.accept(current, type);
                return true;
              });
        }
      }
    }
  }

  private void storeRequest(RecordedEvent event, EventType type) {
    String id = text(event, "requestId");
    if (type == EventType.HTTP_REQUEST && !id.isEmpty() && requests.size() < MAX_REQUESTS) {
      requests.put(
          id,
          new RequestContext(
              id, text(event, "method"), text(event, "path"), text(event, "remoteAddress")));
    }
  }

  private static @Nullable RecordedEvent next(RecordingFile file) throws IOException {
    return parse(file::hasMoreEvents) ? parse(file::readEvent) : null;
  }

  private interface Parsing<T> {
    T parse() throws IOException;
  }

  /** The JDK's parser trusts its input: a damaged file can cause any unchecked exception. */
  private static <T> T parse(Parsing<T> parsing) throws IOException {
    try {
      return parsing.parse();
    } catch (RuntimeException | VirtualMachineError damaged) {
      throw new IOException("it is damaged (" + damaged + ")");
    }
  }

  private AgentEvent event(EventType type, RecordedEvent event, long sequence) {
    Instant time = event.getStartTime();
    RecordedThread thread = event.getThread();
    return AgentEvent.recorded(
        type,
        sequence,
        time.getEpochSecond() * NANOS_PER_SECOND + time.getNano(),
        thread == null ? null : thread.getJavaName(),
        stack(event.getStackTrace()),
        request(event),
        type.fields().stream().map(field -> value(type, event, field)).toArray());
  }

  /** Null for events without a request, and for recordings of agents without request ids. */
  private @Nullable RequestContext request(RecordedEvent event) {
    String id = text(event, "requestId");
    return id.isEmpty() ? null : requests.getOrDefault(id, new RequestContext(id, "", "", ""));
  }

  private static String text(RecordedEvent event, String field) {
    return event.hasField(field) && event.getValue(field) instanceof String text ? text : "";
  }

  /** Converts JFR's types: addresses are joined because JFR has no lists; classes are objects. */
  private static @Nullable Object value(EventType type, RecordedEvent event, String field) {
    if (!event.hasField(field)) {
      return null;
    }
    Object value = event.getValue(field);
    if (type == EventType.DNS_LOOKUP && value instanceof String text && field.equals("addresses")) {
      return List.of(text.split(", "));
    }
    if (value instanceof RecordedClass recorded) {
      return recorded.getName();
    }
    if (value instanceof RecordedThread thread) {
      return thread.getJavaName();
    }
    return value instanceof String || value instanceof Number || value instanceof Boolean
        ? value
        : null;
  }

  private static StackTraceElement[] stack(@Nullable RecordedStackTrace stack) {
    List<RecordedFrame> frames = stack == null ? List.of() : stack.getFrames();
    return frames.stream()
        .flatMap(RecordedEvents::element)
        .filter(frame -> !isAgent(frame.getClassName()))
        .toArray(StackTraceElement[]::new);
  }

  private static boolean isAgent(String className) {
    return className.startsWith("whorl.") || className.startsWith("java.lang.WhorlHooks");
  }

  private static Stream<StackTraceElement> element(RecordedFrame frame) {
    if (!frame.isJavaFrame() || frame.getMethod() == null) {
      return Stream.empty();
    }
    return Stream.of(
        new StackTraceElement(
            frame.getMethod().getType().getName(),
            frame.getMethod().getName(),
            null,
            frame.getLineNumber()));
  }
}
