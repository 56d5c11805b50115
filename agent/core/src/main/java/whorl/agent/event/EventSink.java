package whorl.agent.event;

import java.lang.invoke.VarHandle;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Where hooks hand in what happened, on the thread that did it: into the recording while there is
 * one, into the ring, and to the stages behind. Nothing here blocks or throws.
 *
 * <p>There are two rings, so that a flood of file opens or class loads cannot push out the events
 * that tell a story.
 */
public final class EventSink {
  private static final int RECORDED_PER_SECOND = 20_000;

  /** Of the stacks of common events, while no recording takes them: about 1 % of a processor. */
  private static final int COMMON_STACKS_PER_SECOND = 1_000;

  private static final int MAX_TEXT_CHARS = 8192;
  private static final int MAX_LIST = 32;
  private static final int MAX_LIST_CHARS = 16 << 10;
  private static final long NO_SEQUENCE = -1;

  private final EpochClock clock;
  private final SelfTestTrail selfTests = new SelfTestTrail();
  private final EventRing common;
  private final EventRing telling;
  private final RateLimit recordedCommon = new RateLimit(RECORDED_PER_SECOND);
  private final RateLimit commonStacks = new RateLimit(COMMON_STACKS_PER_SECOND);
  private final AtomicLong sequence = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private final AtomicLong pastRecording = new AtomicLong();

  private volatile @Nullable EventConsumer recording;
  private volatile EventConsumer[] stages = {};
  private volatile boolean startIsOver;

  public EventSink(EpochClock clock) {
    this(clock, EventLimits.MOST);
  }

  public EventSink(EpochClock clock, EventLimits limits) {
    this.clock = clock;
    common =
        new EventRing(
            limits.commonEvents(), limits.wholeBytes(), new StackTable(limits.stackBytes()));
    telling =
        new EventRing(
            limits.tellingEvents(), limits.wholeBytes(), new StackTable(limits.stackBytes()));
  }

  /** Something happened on this thread; values in the order of {@link EventType#fields}. */
  public void emit(EventType type, @Nullable Object... values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = bounded(values[i]);
    }
    accept(here(type, values));
  }

  /**
   * A self-test: it passes the recorder and the stages as any event does. No ring keeps it, and it
   * has no sequence, since a gap would look like a loss.
   */
  public void emitSelfTest(long number) {
    AgentEvent event =
        AgentEvent.here(EventType.SELF_TEST, NO_SEQUENCE, clock.nanos(), null, number);
    EventConsumer recorder = recording;
    if (recorder != null) {
      feed(recorder, event);
    }
    forward(event);
    event.release();
  }

  /** How far self-tests come. */
  public SelfTestTrail selfTests() {
    return selfTests;
  }

  /** Whether these are the stages behind, in this order. */
  public boolean forwardsTo(EventConsumer... wanted) {
    EventConsumer[] now = stages;
    if (now == null || now.length != wanted.length) {
      return false;
    }
    for (int i = 0; i < wanted.length; i++) {
      if (now[i] != wanted[i]) {
        return false;
      }
    }
    return true;
  }

  /**
   * A class was loaded, and the application has not started yet: as {@link #emit}, but the event is
   * made when it is first asked for, and whoever must be told before the start is over is not.
   *
   * @param internalName with slashes
   */
  public void emitLoadAtStart(String internalName, String loader, @Nullable String codeSource) {
    ClassLoadNote note =
        new ClassLoadNote(
            sequence.getAndIncrement(),
            clock.nanos(),
            AgentEvent.name(Thread.currentThread()),
            CurrentRequest.get(),
            shortened(internalName),
            loader,
            codeSource);
    if (startIsOver) {
      // Notes are never packed: kept as one, a crowd of late ones would push out events.
      AgentEvent event = note.event();
      common.add(event, StackTable.NONE);
      forward(event);
      return;
    }
    common.add(note);
    // Either whoever ends the start finds the note in the ring, or it is seen here that it ended.
    VarHandle.fullFence();
    if (startIsOver) {
      forward(note.event());
    }
  }

  /**
   * As {@link #emit}, for what happens while JFR is writing another event of this thread: to write
   * into the recording now would garble it.
   */
  public void emitPastRecording(EventType type, @Nullable Object... values) {
    AgentEvent event = here(type, values);
    pastRecording.incrementAndGet();
    ring(type).add(event, StackTable.NONE);
    forward(event);
    event.release();
  }

  /**
   * Something that happened before and is told only now: it is not written into the recording,
   * which has it already or began after it.
   */
  public void emitLate(
      EventType type,
      long epochNanos,
      @Nullable String thread,
      StackTraceElement[] stack,
      @Nullable Object... values) {
    emitLate(type, epochNanos, thread, stack, (RequestContext) null, values);
  }

  /** The same, of what happened for a request. */
  public void emitLate(
      EventType type,
      long epochNanos,
      @Nullable String thread,
      StackTraceElement[] stack,
      @Nullable RequestContext request,
      @Nullable Object[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = bounded(values[i]);
    }
    AgentEvent event =
        AgentEvent.recorded(
            type, sequence.getAndIncrement(), epochNanos, thread, stack, request, values);
    EventRing ring = ring(type);
    ring.add(event, ring.stacks().keep(stack));
    forward(event);
  }

  /**
   * Sets the stages behind, in their order.
   *
   * @param stages the rules and the journal
   */
  public void forwardTo(EventConsumer... stages) {
    this.stages = stages.clone();
  }

  /**
   * Sets the stages behind, and puts before them what the rings hold already: each event once,
   * however many come meanwhile.
   */
  public void forwardAllTo(EventConsumer... stages) {
    Set<Long> met = ConcurrentHashMap.newKeySet();
    EventConsumer once =
        event -> {
          if (met.add(event.sequence())) {
            for (EventConsumer stage : stages) {
              feed(stage, event);
            }
          }
        };
    // Before the rings are read: an event goes into its ring first, then to the stages.
    forwardTo(once);
    snapshot().forEach(once::accept);
    forwardTo(stages);
  }

  /** The application has started: from now on there is time to keep events small. */
  public void startIsOver() {
    startIsOver = true;
    common.pack();
    telling.pack();
  }

  /** Starts or, with null, stops writing into the recording. */
  public void record(@Nullable EventConsumer recording) {
    this.recording = recording;
  }

  /** Whether events are written into the recording by this consumer. */
  public boolean recordsWith(EventConsumer recorder) {
    return recording == recorder;
  }

  /** Whether there is a recording that events are written into. */
  public boolean records() {
    return recording != null;
  }

  /** The time that an event has which is emitted now, in nanoseconds since 1970. */
  public long epochNanos() {
    return clock.nanos();
  }

  /** The newest events of both rings, oldest first; as {@link #snapshot(long)}. */
  public List<AgentEvent> snapshot() {
    return snapshot(-1);
  }

  /** At most so many, the newest of all; as {@link #snapshot(long)}. */
  public List<AgentEvent> newest(int count) {
    long end = sequence.get();
    return snapshot(end - count - 1, end);
  }

  /**
   * The newest events of both rings after the one of this sequence, oldest first, most of them made
   * when the list is asked for them. One ring is read before the other: what comes meanwhile is
   * left out of both, lest there seem to be some missing before it.
   */
  public List<AgentEvent> snapshot(long after) {
    return snapshot(after, sequence.get());
  }

  private List<AgentEvent> snapshot(long after, long end) {
    HeldEvents held = new HeldEvents(after, end);
    common.copyTo(held);
    telling.copyTo(held);
    return held.sorted();
  }

  /** What was dropped so far, by counter name. */
  public Map<String, Long> losses() {
    Map<String, Long> losses = new LinkedHashMap<>();
    losses.put("ring.overwritten", common.overwritten() + telling.overwritten());
    losses.put("ring.stacksRateLimited", commonStacks.refused());
    losses.put("ring.stacksForgotten", common.stacks().forgotten() + telling.stacks().forgotten());
    losses.put("recording.rateLimited", recordedCommon.refused());
    losses.put("recording.jdkClassesPassedBy", pastRecording.get());
    losses.put("events.failed", failures.get());
    losses.values().removeIf(count -> count == 0);
    return losses;
  }

  private AgentEvent here(EventType type, @Nullable Object[] values) {
    return AgentEvent.here(
        type, sequence.getAndIncrement(), clock.nanos(), CurrentRequest.get(), values);
  }

  private void accept(AgentEvent event) {
    EventType type = event.type();
    EventConsumer recorder = recording;
    if (recorder != null && (type.telling() || recordedCommon.admits(event.epochNanos()))) {
      feed(recorder, event);
    }
    EventRing ring = ring(type);
    ring.add(event, stack(event, ring.stacks(), recorder != null));
    forward(event);
    event.release();
  }

  /**
   * Takes the event's stack for its ring. That of a common event is in the recording; while there
   * is none, its innermost frames are taken, and only so many times a second.
   */
  private long stack(AgentEvent event, StackTable stacks, boolean recorded) {
    EventType type = event.type();
    if (!stacks.keepsStacks() || !type.hasStack()) {
      return StackTable.NONE;
    }
    if (type.telling()) {
      return stacks.keep(event.stack());
    }
    return recorded || !commonStacks.admits(event.epochNanos())
        ? StackTable.NONE
        : stacks.keep(CallStack.takeInnermost());
  }

  private void forward(AgentEvent event) {
    for (EventConsumer stage : stages) {
      feed(stage, event);
    }
  }

  private void feed(EventConsumer stage, AgentEvent event) {
    try {
      stage.accept(event);
    } catch (Throwable failure) { // whatever it is, it must not reach the application
      failures.incrementAndGet();
    }
  }

  private EventRing ring(EventType type) {
    return type.telling() ? telling : common;
  }

  private static @Nullable Object bounded(@Nullable Object value) {
    // The classes come before the interface, which it takes longer to say no to.
    if (value instanceof String text) {
      return shortened(text);
    }
    if (value instanceof Boolean || value instanceof Number) {
      return value;
    }
    return value instanceof List<?> list ? bounded(list) : value;
  }

  /** No more elements than are allowed, and no more of their characters. */
  private static List<?> bounded(List<?> list) {
    int left = MAX_LIST_CHARS;
    int count = Math.min(MAX_LIST, list.size());
    boolean cut = count < list.size();
    Object[] elements = new Object[count];
    for (int i = 0; i < count; i++) {
      Object element = list.get(i);
      if (element instanceof String text) {
        String kept = shortened(text, Math.min(left, MAX_TEXT_CHARS));
        left = Math.max(0, left - kept.length());
        cut |= kept.length() != text.length();
        element = kept;
      }
      elements[i] = element;
    }
    return cut ? List.of(elements) : list;
  }

  private static String shortened(String text) {
    return shortened(text, MAX_TEXT_CHARS);
  }

  private static String shortened(String text, int max) {
    return text.length() > max ? text.substring(0, max) + "…" : text;
  }
}
