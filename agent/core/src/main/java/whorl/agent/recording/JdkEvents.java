package whorl.agent.recording;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import jdk.jfr.consumer.EventStream;
import jdk.jfr.consumer.RecordedClass;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordedThread;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.agent.event.EventContext;
import whorl.agent.event.EventSink;
import whorl.event.EventType;
import whorl.event.StackFormat;

/**
 * Reads events that only the JDK emits from the running recording, about a second late, and passes
 * them to the same rules as the hooks' events.
 */
public final class JdkEvents implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(JdkEvents.class);
  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final long RETRY_MILLIS = 1_000;
  private static final List<EventType> WANTED =
      List.of(
          EventType.JDK_DESERIALIZATION,
          EventType.JDK_SECURITY_PROPERTY,
          EventType.JDK_CERTIFICATE,
          EventType.JDK_JAVA_AGENT,
          EventType.JDK_NATIVE_AGENT,
          EventType.JDK_LIBRARY);

  private final EventSink sink;
  private final Path ownJar;

  /**
   * @param ownJar the agent's own jar, whose loading is not reported
   */
  public JdkEvents(EventSink sink, Path ownJar) {
    this.sink = sink;
    this.ownJar = ownJar;
  }

  /** Runs until the JVM ends. */
  @Override
  public void run() {
    try {
      while (!readToEnd()) {
        Thread.sleep(RETRY_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns true if there is nothing more to read; false if memory ran out. */
  private boolean readToEnd() {
    try (EventStream stream = EventStream.openRepository()) {
      stream.setReuse(true);
      stream.setOrdered(false);
      for (EventType type : WANTED) {
        stream.onEvent(type.jfrName(), event -> forward(type, event));
      }
      stream.onError(failure -> LOG.warn("reading the recording: {}", failure.toString()));
      stream.start();
      return true;
    } catch (IOException e) {
      LOG.warn("the JDK's own events do not reach the rules: {}", e.toString());
      return true;
    } catch (OutOfMemoryError noRoom) {
      return false;
    }
  }

  private void forward(EventType type, RecordedEvent event) {
    if (type == EventType.JDK_JAVA_AGENT && isOurs(event.getString("name"))) {
      return;
    }
    Instant time = event.getStartTime();
    RecordedThread thread = event.hasField("eventThread") ? event.getThread() : null;
    sink.emitRecorded(
        type,
        EventContext.of(
            time.getEpochSecond() * NANOS_PER_SECOND + time.getNano(),
            thread == null ? null : thread.getJavaName(),
            stack(event.getStackTrace()),
            null),
        field -> value(event, field));
  }

  private boolean isOurs(@Nullable String jar) {
    return jar != null && Path.of(jar).toAbsolutePath().normalize().equals(ownJar);
  }

  private static @Nullable Object value(RecordedEvent event, String field) {
    if (!event.hasField(field)) {
      return null;
    }
    Object value = event.getValue(field);
    if (value instanceof RecordedClass type) {
      return type.getName();
    }
    return value instanceof Number || value instanceof Boolean || value instanceof String
        ? value
        : value == null ? null : value.toString();
  }

  private static List<StackTraceElement> stack(@Nullable RecordedStackTrace trace) {
    List<StackTraceElement> frames = new ArrayList<>();
    if (trace != null) {
      for (RecordedFrame frame : trace.getFrames()) {
        RecordedMethod method = frame.getMethod();
        if (frame.isJavaFrame() && method != null) {
          frames.add(
              StackFormat.inOneLine(
                  new StackTraceElement(
                      method.getType().getName(), method.getName(), null, frame.getLineNumber())));
        }
      }
    }
    return frames;
  }
}
