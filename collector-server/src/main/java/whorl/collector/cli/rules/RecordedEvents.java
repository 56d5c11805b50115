package whorl.collector.cli.rules;

import java.io.IOException;
import java.nio.file.Path;
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
import whorl.collector.detect.StoredEvents;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.event.RequestContext;

/** Reads a recording's events in the form that the agent's rules use. */
final class RecordedEvents {
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
        EventType type = StoredEvents.type(event.getEventType().getName());
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
          RequestContext.stored(
              id,
              text(event, "method"),
              text(event, "path"),
              text(event, "query"),
              text(event, "remoteAddress")));
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
    RecordedThread thread = event.getThread();
    return StoredEvents.event(
        type,
        sequence,
        event.getStartTime(),
        thread == null ? null : thread.getJavaName(),
        stack(event.getStackTrace()),
        request(event),
        field -> value(event, field));
  }

  /** Null for events without a request, and for recordings of agents without request ids. */
  private @Nullable RequestContext request(RecordedEvent event) {
    String id = text(event, "requestId");
    return id.isEmpty() ? null : requests.getOrDefault(id, new RequestContext(id, "", "", ""));
  }

  private static String text(RecordedEvent event, String field) {
    return event.hasField(field) && event.getValue(field) instanceof String text ? text : "";
  }

  /** Converts JFR's types: classes and threads are objects. */
  private static @Nullable Object value(RecordedEvent event, String field) {
    if (!event.hasField(field)) {
      return null;
    }
    Object value = event.getValue(field);
    if (value instanceof RecordedClass recorded) {
      return recorded.getName();
    }
    return value instanceof RecordedThread thread ? thread.getJavaName() : value;
  }

  private static StackTraceElement[] stack(@Nullable RecordedStackTrace stack) {
    List<RecordedFrame> frames = stack == null ? List.of() : stack.getFrames();
    return frames.stream()
        .flatMap(RecordedEvents::element)
        .filter(frame -> !StoredEvents.isAgent(frame.getClassName()))
        .toArray(StackTraceElement[]::new);
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
