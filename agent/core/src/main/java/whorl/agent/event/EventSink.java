package whorl.agent.event;

import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.request.CurrentRequest;
import whorl.agent.event.time.EpochClock;
import whorl.agent.event.time.RateLimit;
import whorl.event.AgentEvent;
import whorl.event.CallStack;
import whorl.event.EventType;
import whorl.event.RequestContext;
import whorl.event.StackEnd;

/**
 * Receives events from hooks, on the thread that caused them. Writes them into the recording if
 * there is one, adds them to a ring and forwards them to the stages. Nothing here blocks or throws.
 *
 * <p>There are two rings, so that a flood of file opens or class loads cannot evict significant
 * events. Of equal requests and file opens that interest no rule, only the first of each second is
 * emitted, with the number of those before it, see {@link RepeatedEvents}.
 *
 * <p>The class is long because all ways to emit share one sequence and one order: recording, ring,
 * stages.
 */
public final class EventSink {
  private static final int RECORDED_PER_SECOND = 20_000;

  /** Limit for stacks of common events while there is no recording: about 1 % of a processor. */
  private static final int COMMON_STACKS_PER_SECOND = 1_000;

  private static final long BETWEEN_STEPS_NANOS = 2_000_000;
  private static final StackTraceElement[] NO_STACK = {};
  private static final int REQUEST_BYTES = EventType.HTTP_REQUEST.indexOf("requestBytes");
  private static final int RESPONSE_BYTES = EventType.HTTP_REQUEST.indexOf("responseBytes");
  private static final int ELAPSED = EventType.HTTP_REQUEST.indexOf("elapsed");
  private static final long NO_SEQUENCE = -1;

  /** Each of the first events is kept for the rules: some count equal ones. */
  static final int WAITING_FOR_RULES = 1_000;

  /** Around an alert every event is emitted, up to this rate. */
  private static final int AROUND_ALERTS_PER_SECOND = 500;

  private final EpochClock clock;
  private final SelfTestProgress selfTests = new SelfTestProgress();
  private final EventRing common;
  private final EventRing significant;
  private final RepeatedEvents repeatedEvents;
  private final RepeatedEvents.CountReporter countReporter = new SinkCountReporter();
  private final RateLimit aroundAlerts = new RateLimit(AROUND_ALERTS_PER_SECOND);
  private final RateLimit recordedCommon = new RateLimit(RECORDED_PER_SECOND);
  private final RateLimit commonStacks = new RateLimit(COMMON_STACKS_PER_SECOND);
  private final AtomicLong sequence = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private final AtomicLong outsideRecording = new AtomicLong();

  private volatile @Nullable EventConsumer recording;
  private volatile EventConsumer[] stages = {};
  private volatile boolean startupEnded;

  private volatile boolean awaitsRules = true;

  /** Repeatable events emitted before the rules were there. Approximate: not synchronized. */
  private int beforeRules;

  /** Until this time every event is emitted, in nanoseconds since 1970. */
  private volatile long emitsAllUntil = Long.MIN_VALUE;

  public EventSink(EpochClock clock) {
    this(clock, EventLimits.DEFAULT);
  }

  public EventSink(EpochClock clock, EventLimits limits) {
    this.clock = clock;
    repeatedEvents = new RepeatedEvents(limits.kinds());
    common =
        new EventRing(
            limits.commonEvents(), limits.wholeBytes(), new StackTable(limits.stackBytes()));
    significant =
        new EventRing(
            limits.significantEvents(), limits.wholeBytes(), new StackTable(limits.stackBytes()));
  }

  /**
   * Emits an event of this thread; values in the order of {@link EventType#fields}. Hooks call it
   * through the typed methods of {@link FileReports} and its siblings.
   */
  void emit(EventType type, @Nullable Object... values) {
    EventBounds.bound(values);
    RequestContext request = CurrentRequest.get();
    if (RepeatedEvents.mayRepeat(type, values)) {
      emitOrCount(request, type, values);
    } else {
      accept(here(request, type, values));
    }
  }

  /**
   * As {@link #emit(EventType, Object...)}, with this thread's stack.
   *
   * @param stack without frames of Whorl; must not be changed
   */
  void emit(StackTraceElement[] stack, EventType type, @Nullable Object... values) {
    EventBounds.bound(values);
    RequestContext request = CurrentRequest.get();
    if (request != null) {
      request.markNamed();
    }
    accept(
        AgentEvent.here(type, sequence.getAndIncrement(), clock.nanos(), stack, request, values));
  }

  /** Emits a request that was answered, on any thread; values as for {@link #emit}. */
  void emitAnswered(RequestContext request, @Nullable Object... values) {
    EventBounds.bound(values);
    emitOrCount(request, EventType.HTTP_REQUEST, values);
  }

  private void emitOrCount(
      @Nullable RequestContext request, EventType type, @Nullable Object[] values) {
    long now = clock.nanos();
    long era = repeatedEvents.era();
    RepeatedEvents.Emitted same = repeatedEvents.find(type, values, request);
    boolean named = type == EventType.HTTP_REQUEST && request != null && request.isNamed();
    if (same != null && !named && !emitsAll(now) && same.counts(era, now)) {
      if (type == EventType.HTTP_REQUEST && request != null) {
        request.emitIfNamed(new Counted(same, request, values, now));
      }
      return;
    }
    long before = same == null ? 0 : repeatedEvents.take(same);
    AgentEvent event = here(request, type, before == 0 ? values : withCount(type, values, before));
    acceptFor(request, event);
    if (event.isRoutine() || floodsBeforeRules()) {
      repeatedEvents.keep(same, type, values, request, era, now, countReporter);
    }
  }

  /**
   * True if so many events wait for the rules that equal ones are counted even now. The rules get
   * one of them from its ring, and the next one when they are armed. Otherwise a busy application
   * would emit each request while the agent starts, which takes seconds on one processor. That
   * would evict all other events from the ring, and make the JIT compiler inline the emission of an
   * event into the path of each request.
   */
  private boolean floodsBeforeRules() {
    return awaitsRules && (beforeRules > WAITING_FOR_RULES || ++beforeRules > WAITING_FOR_RULES);
  }

  /**
   * Accepts the event with this request as the current one, so that an alert refers to the request.
   */
  private void acceptFor(@Nullable RequestContext request, AgentEvent event) {
    RequestContext current = CurrentRequest.get();
    if (current == request) {
      accept(event);
      return;
    }
    CurrentRequest.set(request);
    try {
      accept(event);
    } finally {
      CurrentRequest.set(current);
    }
  }

  private boolean emitsAll(long now) {
    return now < emitsAllUntil && aroundAlerts.admits(now);
  }

  private static @Nullable Object[] withCount(
      EventType type, @Nullable Object[] values, long count) {
    @Nullable Object[] counted = Arrays.copyOf(values, type.fields().size());
    counted[counted.length - 1] = count;
    return counted;
  }

  /**
   * A request that was counted. It keeps only the values that differ from the emitted one. A class
   * and not a lambda: it is made on the application's threads.
   */
  private final class Counted implements Runnable {
    private final WeakReference<RepeatedEvents.Emitted> emitted;
    private final RequestContext request;
    private final long epochNanos;
    private final @Nullable Object requestBytes;
    private final @Nullable Object responseBytes;
    private final @Nullable Object elapsed;

    Counted(
        RepeatedEvents.Emitted emitted,
        RequestContext request,
        @Nullable Object[] values,
        long epochNanos) {
      this.emitted = emitted.reference();
      this.request = request;
      this.epochNanos = epochNanos;
      this.requestBytes = values[REQUEST_BYTES];
      this.responseBytes = values[RESPONSE_BYTES];
      this.elapsed = values[ELAPSED];
    }

    @Override
    public void run() {
      RepeatedEvents.Emitted same = emitted.get();
      if (same == null) {
        return; // the entry was evicted; events that name the request have its path and address
      }
      same.discount();
      @Nullable Object[] values = same.values().clone();
      values[REQUEST_BYTES] = requestBytes;
      values[RESPONSE_BYTES] = responseBytes;
      values[ELAPSED] = elapsed;
      emitLate(EventType.HTTP_REQUEST, epochNanos, null, NO_STACK, request, values);
    }
  }

  /**
   * Emits one event in place of all that were counted. A class: a lambda would have to be linked.
   */
  private final class SinkCountReporter implements RepeatedEvents.CountReporter {
    @Override
    public void report(RepeatedEvents.Emitted emitted, long count) {
      EventType type = emitted.type();
      AgentEvent event =
          AgentEvent.recorded(
              type,
              sequence.getAndIncrement(),
              emitted.lastNanos(),
              null,
              null,
              // An equal request event exists already; the counted ones have no request in common.
              type == EventType.HTTP_REQUEST ? null : emitted.request(),
              withCount(type, emitted.values(), count - 1));
      write(event);
      ring(type).add(event, StackTable.NONE);
      forward(event);
    }
  }

  /**
   * Emits the counts that no equal event has reported for so long; an agent thread calls it
   * periodically.
   */
  public void emitCounts(long nanos) {
    repeatedEvents.reportAll(clock.nanos() - nanos, countReporter);
  }

  /** Emits every event for so long instead of counting equal ones, for example around an alert. */
  public void emitEach(long nanos) {
    emitsAllUntil = clock.nanos() + nanos;
  }

  /** The rules changed: events that were routine may match now. */
  public void rulesChanged() {
    repeatedEvents.beginEra();
  }

  /** Number of events that were only counted so far. */
  public long counted() {
    return repeatedEvents.counted();
  }

  /** Number of events that were emitted so far. */
  public long emitted() {
    return sequence.get();
  }

  /** Approximate heap bytes of the rings, by what they hold. */
  public Map<String, Long> heldBytes() {
    return Map.of(
        "events", common.heldBytes() + significant.heldBytes(),
        "stacks", common.stacks().bytes() + significant.stacks().bytes());
  }

  /**
   * Emits a self-test. It passes the recorder and the stages as any event does. No ring keeps it,
   * and it has no sequence, since a gap would look like a loss.
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

  /** The stages that self-tests have reached. */
  public SelfTestProgress selfTests() {
    return selfTests;
  }

  /** True if these are the stages, in this order. */
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
   * Emits a class load before the application has started. As {@link #emit}, but the event is made
   * later, and the stages do not see it before the start is over.
   *
   * @param internalName with slashes
   */
  public void emitLoadAtStart(String internalName, String loader, @Nullable String codeSource) {
    RequestContext request = CurrentRequest.get();
    if (request != null) {
      request.markNamed();
    }
    ClassLoadNote note =
        new ClassLoadNote(
            sequence.getAndIncrement(),
            clock.nanos(),
            AgentEvent.name(Thread.currentThread()),
            request,
            EventBounds.shortened(internalName),
            loader,
            codeSource);
    if (startupEnded) {
      // Notes are never packed: many late ones would evict events.
      AgentEvent event = note.event();
      common.add(event, StackTable.NONE);
      forward(event);
      return;
    }
    common.add(note);
    // Either the thread that ends the start finds the note in the ring, or this thread sees here
    // that the start has ended.
    VarHandle.fullFence();
    if (startupEnded) {
      forward(note.event());
    }
  }

  /**
   * As {@link #emit}, for an event that happens while JFR writes another event of this thread:
   * writing into the recording now would corrupt it.
   */
  void emitPastRecording(EventType type, @Nullable Object... values) {
    AgentEvent event = here(CurrentRequest.get(), type, values);
    outsideRecording.incrementAndGet();
    ring(type).add(event, StackTable.NONE);
    forward(event);
    event.release();
  }

  /**
   * Emits an event that happened earlier. It is not written into the recording, which has it
   * already or began after it.
   */
  void emitLate(EventType type, EventContext context, @Nullable Object... values) {
    emitLate(
        type, context.epochNanos(), context.thread(), context.stack(), context.request(), values);
  }

  /**
   * As above, for an event of the JDK that the recording has.
   *
   * @param valueOf returns the value of a field of {@link EventType#fields}; null if there is none
   */
  public void emitRecorded(
      EventType type, EventContext context, Function<String, @Nullable Object> valueOf) {
    @Nullable Object[] values = new @Nullable Object[type.fields().size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = valueOf.apply(type.fields().get(i));
    }
    emitLate(type, context, values);
  }

  private void emitLate(
      EventType type,
      long epochNanos,
      @Nullable String thread,
      StackTraceElement[] stack,
      @Nullable RequestContext request,
      @Nullable Object[] values) {
    EventBounds.bound(values);
    if (request != null) {
      request.markNamed();
    }
    AgentEvent event =
        AgentEvent.recorded(
            type, sequence.getAndIncrement(), epochNanos, thread, stack, request, values);
    EventRing ring = ring(type);
    ring.add(event, ring.stacks().keep(stack));
    forward(event);
  }

  /**
   * Sets the stages, in their order.
   *
   * @param stages the rules and the journal
   */
  public void forwardTo(EventConsumer... stages) {
    this.stages = stages.clone();
    rulesChanged();
  }

  /**
   * Sets the stages, and feeds them the events of the rings first: each event once, even if others
   * arrive meanwhile.
   */
  public void forwardAllTo(EventConsumer... stages) {
    Set<Long> seen = ConcurrentHashMap.newKeySet();
    EventConsumer once =
        event -> {
          if (seen.add(event.sequence())) {
            for (EventConsumer stage : stages) {
              feed(stage, event);
            }
          }
        };
    awaitsRules = false; // before the new era of forwardTo, whose events the rules have to see
    // Before the rings are read: an event goes into its ring first, then to the stages.
    forwardTo(once);
    snapshot().forEach(once::accept);
    forwardTo(stages);
  }

  /** The application has started; new events are packed from now on. */
  public void startupEnded() {
    startupEnded = true;
    common.packNew();
    significant.packNew();
  }

  /** Packs the events of the start too, in short steps; takes part of a second. */
  public void packHeld() {
    Runnable pause = () -> LockSupport.parkNanos(this, BETWEEN_STEPS_NANOS);
    common.packHeld(pause);
    significant.packHeld(pause);
  }

  /** Starts writing into the recording; null stops it. */
  public void record(@Nullable EventConsumer recording) {
    this.recording = recording;
  }

  /** True if this consumer writes events into the recording. */
  public boolean recordsWith(EventConsumer recorder) {
    return recording == recorder;
  }

  /** True if events are written into a recording. */
  public boolean records() {
    return recording != null;
  }

  /** The time of an event emitted now, in nanoseconds since 1970. */
  public long epochNanos() {
    return clock.nanos();
  }

  /** The newest events of both rings, oldest first; as {@link #snapshot(long)}. */
  public List<AgentEvent> snapshot() {
    return snapshot(-1);
  }

  /** The newest events, at most so many; as {@link #snapshot(long)}. */
  public List<AgentEvent> newest(int count) {
    long end = sequence.get();
    return snapshot(end - count - 1, end);
  }

  /**
   * The newest events of both rings after this sequence, oldest first. Most event objects are made
   * when the list is read. Events that arrive while the rings are read are left out of both, so
   * that none seems to be missing before them.
   */
  public List<AgentEvent> snapshot(long after) {
    repeatedEvents.reportAll(Long.MAX_VALUE, countReporter);
    return snapshot(after, sequence.get());
  }

  private List<AgentEvent> snapshot(long after, long end) {
    HeldEvents held = new HeldEvents(after, end);
    common.copyTo(held);
    significant.copyTo(held);
    return held.sorted();
  }

  /** Number of events dropped so far, by counter name. */
  public Map<String, Long> losses() {
    Map<String, Long> losses = new LinkedHashMap<>();
    losses.put("ring.overwritten", common.overwritten() + significant.overwritten());
    losses.put("ring.stacksRateLimited", commonStacks.refused());
    losses.put(
        "ring.stacksForgotten", common.stacks().forgotten() + significant.stacks().forgotten());
    losses.put("recording.rateLimited", recordedCommon.refused());
    losses.put("recording.jdkClassesPassedBy", outsideRecording.get());
    losses.put("events.failed", failures.get());
    losses.values().removeIf(count -> count == 0);
    return losses;
  }

  private AgentEvent here(
      @Nullable RequestContext request, EventType type, @Nullable Object[] values) {
    if (request != null) {
      request.markNamed();
    }
    return AgentEvent.here(type, sequence.getAndIncrement(), clock.nanos(), request, values);
  }

  private void accept(AgentEvent event) {
    boolean recorded = write(event);
    EventRing ring = ring(event.type());
    ring.add(event, stack(event, ring.stacks(), recorded));
    forward(event);
    event.release();
  }

  /** Writes the event into the recording; false if there is none. */
  private boolean write(AgentEvent event) {
    EventConsumer recorder = recording;
    if (recorder == null) {
      return false;
    }
    if (event.type().isSignificant() || recordedCommon.admits(event.epochNanos())) {
      feed(recorder, event);
    }
    return true;
  }

  /**
   * Takes the event's stack for its ring. The stack of a common event is in the recording; without
   * a recording only its innermost frames are taken, at a limited rate.
   */
  private long stack(AgentEvent event, StackTable stacks, boolean recorded) {
    EventType type = event.type();
    if (!stacks.keepsStacks() || !type.hasStack()) {
      return StackTable.NONE;
    }
    if (type.isSignificant()) {
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
    } catch (Throwable failure) { // no failure may reach the application
      if (failure instanceof StackOverflowError) {
        StackEnd.met();
      }
      failures.incrementAndGet();
    }
  }

  private EventRing ring(EventType type) {
    return type.isSignificant() ? significant : common;
  }
}
