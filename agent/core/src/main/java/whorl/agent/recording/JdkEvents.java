package whorl.agent.recording;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
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
 * them to the same rules as the hooks' events. If it falls behind so far that the recording has
 * dropped what it would read next, the JDK ends the reading, and it begins again with the newest.
 */
public final class JdkEvents implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(JdkEvents.class);
  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final long RETRY_MILLIS = 1_000;
  private static final long RETRY_MAX_MILLIS = 60_000;
  private static final long LASTING_NANOS = TimeUnit.MINUTES.toNanos(1);
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
  private final Repository repository;
  private final AtomicLong gaps = new AtomicLong();

  /** The running recording's files. */
  @FunctionalInterface
  interface Repository {
    EventStream open() throws IOException;
  }

  /**
   * @param ownJar the agent's own jar, whose loading is not reported
   */
  public JdkEvents(EventSink sink, Path ownJar) {
    this(sink, ownJar, EventStream::openRepository);
  }

  JdkEvents(EventSink sink, Path ownJar, Repository repository) {
    this.sink = sink;
    this.ownJar = ownJar;
    this.repository = repository;
  }

  /** Runs until the JVM ends. A try that fails costs memory, so the next ones come less often. */
  @Override
  public void run() {
    long pauseMillis = RETRY_MILLIS;
    try {
      while (true) {
        long beganNanos = System.nanoTime();
        boolean failed = !read();
        gaps.incrementAndGet();
        boolean lasted = System.nanoTime() - beganNanos > LASTING_NANOS;
        pauseMillis =
            failed && !lasted ? Math.min(2 * pauseMillis, RETRY_MAX_MILLIS) : RETRY_MILLIS;
        Thread.sleep(pauseMillis);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** How often events were missed, by counter name. */
  public Map<String, Long> losses() {
    long missed = gaps.get();
    return missed == 0 ? Map.of() : Map.of("recording.jdkEventsMissed", missed);
  }

  /** Returns true if the JDK ends the reading; false if it fails, or memory runs out. */
  private boolean read() {
    try (EventStream stream = repository.open()) {
      stream.setReuse(true);
      stream.setOrdered(false);
      for (EventType type : WANTED) {
        stream.onEvent(type.jfrName(), event -> forward(type, event));
      }
      stream.onError(failure -> LOG.warn("reading the recording: {}", failure.toString()));
      stream.start();
      return true;
    } catch (IOException | RuntimeException e) {
      LOG.warn("the JDK's own events do not reach the rules: {}", e.toString());
      return false;
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
