package whorl.agent.event;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.evidence.EventLine;

/**
 * One event in memory. It holds strings, numbers, booleans and lists of strings only, never an
 * object of the application, so that keeping it keeps nothing else alive.
 *
 * <p>Its stack is taken at the first call of {@link #stack} on the thread that made it, hence only
 * when a rule or the ring wants it; other threads see what was taken by then.
 */
public final class AgentEvent {
  private static final StackTraceElement[] NONE = {};
  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final int MAX_NAME_CHARS = 256;

  private final EventType type;
  private final long sequence;
  private final long epochNanos;
  private final @Nullable String threadName;

  /** Null once the thread has gone on, so that keeping the event does not keep the thread. */
  private @Nullable Thread maker;

  private final @Nullable RequestContext request;
  private final @Nullable Object[] values;
  private volatile StackTraceElement @Nullable [] stack;

  /** Of the thread that made it. */
  private boolean dull;

  private AgentEvent(
      EventType type,
      long sequence,
      long epochNanos,
      @Nullable String threadName,
      @Nullable Thread maker,
      StackTraceElement @Nullable [] stack,
      @Nullable RequestContext request,
      @Nullable Object[] values) {
    if (values.length > type.fields().size()) {
      throw new IllegalArgumentException(
          type.jfrName() + " has fields " + type.fields() + ", not " + values.length + " values");
    }
    this.type = type;
    this.sequence = sequence;
    this.epochNanos = epochNanos;
    this.threadName = threadName;
    this.maker = maker;
    if (stack != null) {
      // Else it is null already, and writing to a volatile field costs more than the rest of this.
      this.stack = stack;
    }
    this.request = request;
    this.values = values;
  }

  /** An event of the current thread, whose stack is taken when it is first wanted. */
  public static AgentEvent here(
      EventType type,
      long sequence,
      long epochNanos,
      @Nullable RequestContext request,
      @Nullable Object... values) {
    return here(type, sequence, epochNanos, null, request, values);
  }

  /** The same, whose stack is known already; null: it is not. */
  static AgentEvent here(
      EventType type,
      long sequence,
      long epochNanos,
      StackTraceElement @Nullable [] stack,
      @Nullable RequestContext request,
      @Nullable Object[] values) {
    Thread maker = Thread.currentThread();
    return new AgentEvent(type, sequence, epochNanos, name(maker), maker, stack, request, values);
  }

  /** An event that another thread made, known with its stack. */
  public static AgentEvent elsewhere(
      EventType type,
      long sequence,
      long epochNanos,
      @Nullable String threadName,
      StackTraceElement[] stack,
      @Nullable Object... values) {
    return new AgentEvent(type, sequence, epochNanos, threadName, null, stack, null, values);
  }

  /**
   * An event read back from where it was kept, with its request.
   *
   * @param stack null when it was not taken
   */
  public static AgentEvent recorded(
      EventType type,
      long sequence,
      long epochNanos,
      @Nullable String threadName,
      StackTraceElement @Nullable [] stack,
      @Nullable RequestContext request,
      @Nullable Object... values) {
    return new AgentEvent(type, sequence, epochNanos, threadName, null, stack, request, values);
  }

  public EventType type() {
    return type;
  }

  /** Its number among all events of this JVM, from 0 on. */
  public long sequence() {
    return sequence;
  }

  /** Nanoseconds since 1970, by this JVM's clock. */
  public long epochNanos() {
    return epochNanos;
  }

  public Instant time() {
    return Instant.ofEpochSecond(
        Math.floorDiv(epochNanos, NANOS_PER_SECOND), Math.floorMod(epochNanos, NANOS_PER_SECOND));
  }

  public @Nullable String thread() {
    return threadName;
  }

  public @Nullable RequestContext request() {
    return request;
  }

  /** The value of the field at this position of {@link EventType#fields}. */
  public @Nullable Object value(int index) {
    return index < values.length ? values[index] : null;
  }

  /** The same event with other values: decoded for rules, or masked for the recording. */
  public AgentEvent with(@Nullable Object... others) {
    return new AgentEvent(
        type, sequence, epochNanos, threadName, maker, stack, request, others.clone());
  }

  /** The stack of whoever did it, the innermost frame first, without frames of Whorl. */
  public StackTraceElement[] stack() {
    StackTraceElement[] taken = stack;
    if (taken == null && maker == Thread.currentThread()) {
      taken = CallStack.take();
      stack = taken;
    }
    return taken == null ? NONE : taken;
  }

  /** The thread that made it goes on: its stack is not to be had any more. */
  void release() {
    maker = null;
  }

  /** The rules have been asked, and would answer the same for any event that equals this one. */
  public void markDull() {
    dull = true;
  }

  /** Whether an equal event would be of no interest either. */
  public boolean isDull() {
    return dull;
  }

  /** Whether {@link #stack} was taken already. */
  public boolean hasStack() {
    return stack != null;
  }

  /** About how many bytes it keeps alive, its stack included. */
  public int bytes() {
    StackTraceElement[] taken = stack;
    return EventSize.of(this) + (taken == null ? 0 : EventSize.FRAME_BYTES * taken.length);
  }

  /** The same event, to be kept: without its stack and without the thread. */
  AgentEvent withoutStack() {
    return maker == null && stack == null
        ? this
        : recorded(type, sequence, epochNanos, threadName, null, request, values);
  }

  /** The same event with this stack; null for none. */
  AgentEvent withStack(StackTraceElement @Nullable [] known) {
    return known == null
        ? this
        : recorded(type, sequence, epochNanos, threadName, known, request, values);
  }

  /** As the journal and {@code events.ndjson} carry it. */
  public EventLine toLine() {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (int i = 0; i < values.length; i++) {
      Object value = values[i];
      if (value != null) {
        fields.put(type.fields().get(i), value);
      }
    }
    if (request != null) {
      fields.putAll(request.fields());
    }
    return new EventLine(sequence, time(), type.jfrName(), fields, threadName, frames());
  }

  /** A thread's name, which an application may make as long as it likes. */
  static String name(Thread thread) {
    String name = thread.getName();
    return name.length() <= MAX_NAME_CHARS ? name : name.substring(0, MAX_NAME_CHARS) + '…';
  }

  private List<String> frames() {
    StackTraceElement[] taken = stack;
    if (taken == null) {
      return List.of();
    }
    List<String> frames = new ArrayList<>(taken.length);
    for (StackTraceElement frame : taken) {
      frames.add(frame.toString());
    }
    return frames;
  }
}
