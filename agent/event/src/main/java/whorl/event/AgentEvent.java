package whorl.event;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.evidence.EventLine;

/**
 * One event in memory. It holds only strings, numbers, booleans and lists of strings, never an
 * object of the application, so keeping the event keeps nothing else alive.
 *
 * <p>The stack is taken at the first call of {@link #stack} on the thread that made the event, that
 * is, only when a rule or the ring needs it. Other threads see the stack if it was taken by then.
 */
public final class AgentEvent {
  private static final StackTraceElement[] NONE = {};
  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final int MAX_NAME_CHARS = 256;

  private final EventType type;
  private final long sequence;
  private final long epochNanos;
  private final @Nullable String threadName;

  /** Null after {@link #release}, so that keeping the event does not keep the thread. */
  private @Nullable Thread maker;

  private final @Nullable RequestContext request;
  private final @Nullable Object[] values;
  private volatile StackTraceElement @Nullable [] stack;

  /** Written only by the thread that made the event. */
  private boolean routine;

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
      // Otherwise it is null already, and a write to a volatile field costs more than the rest of
      // this constructor.
      this.stack = stack;
    }
    this.request = request;
    this.values = values;
  }

  /** An event of the current thread; its stack is taken on first use. */
  public static AgentEvent here(
      EventType type,
      long sequence,
      long epochNanos,
      @Nullable RequestContext request,
      @Nullable Object... values) {
    return here(type, sequence, epochNanos, null, request, values);
  }

  /** As above, with a stack that may be known already; null if it is not. */
  public static AgentEvent here(
      EventType type,
      long sequence,
      long epochNanos,
      StackTraceElement @Nullable [] stack,
      @Nullable RequestContext request,
      @Nullable Object[] values) {
    Thread maker = Thread.currentThread();
    return new AgentEvent(type, sequence, epochNanos, name(maker), maker, stack, request, values);
  }

  /** An event that another thread made, with its stack. */
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
   * An event read back from storage, with its request.
   *
   * @param stack null if it was not taken
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

  /** The event's number among all events of this JVM, from 0. */
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

  /** Returns the same event with other values: decoded for rules, or masked for the recording. */
  public AgentEvent with(@Nullable Object... others) {
    return new AgentEvent(
        type, sequence, epochNanos, threadName, maker, stack, request, others.clone());
  }

  /**
   * The stack of the thread that made the event, the innermost frame first, without frames of
   * Whorl.
   */
  public StackTraceElement[] stack() {
    StackTraceElement[] taken = stack;
    if (taken == null && maker == Thread.currentThread()) {
      taken = CallStack.take();
      stack = taken;
    }
    return taken == null ? NONE : taken;
  }

  /** The thread that made the event goes on; its stack can no longer be taken. */
  public void release() {
    maker = null;
  }

  /** The rules have evaluated this event, and would give the same result for any equal event. */
  public void markRoutine() {
    routine = true;
  }

  /** True if no rule needs to see an equal event. */
  public boolean isRoutine() {
    return routine;
  }

  /** True if {@link #stack} was taken already. */
  public boolean hasStack() {
    return stack != null;
  }

  /** Approximate number of bytes that the event keeps alive, including its stack. */
  public int bytes() {
    StackTraceElement[] taken = stack;
    return EventSize.of(this) + (taken == null ? 0 : EventSize.FRAME_BYTES * taken.length);
  }

  /** Returns the same event for storage: without its stack and its thread. */
  public AgentEvent withoutStack() {
    return maker == null && stack == null
        ? this
        : recorded(type, sequence, epochNanos, threadName, null, request, values);
  }

  /** Returns the same event with this stack; null for none. */
  public AgentEvent withStack(StackTraceElement @Nullable [] known) {
    return known == null
        ? this
        : recorded(type, sequence, epochNanos, threadName, known, request, values);
  }

  /** The event in the form of the journal and {@code events.ndjson}. */
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

  /** The thread's name, cut because an application may make it arbitrarily long. */
  public static String name(Thread thread) {
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
