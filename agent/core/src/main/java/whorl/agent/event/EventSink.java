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
import org.jspecify.annotations.Nullable;

/**
 * Where hooks hand in what happened, on the thread that did it: into the recording while there is
 * one, into the ring, and to the stages behind. Nothing here blocks or throws.
 *
 * <p>There are two rings, so that a flood of file opens or class loads cannot push out the events
 * that tell a story. And of requests and file opens that equal each other and are of no interest to
 * any rule, the first of each second is told, with how many of them came before it, see {@link
 * RepeatedEvents}.
 */
public final class EventSink {
  private static final int RECORDED_PER_SECOND = 20_000;

  /** Of the stacks of common events, while no recording takes them: about 1 % of a processor. */
  private static final int COMMON_STACKS_PER_SECOND = 1_000;

  private static final long BETWEEN_STEPS_NANOS = 2_000_000;
  private static final StackTraceElement[] NO_STACK = {};
  private static final int REQUEST_BYTES = EventType.HTTP_REQUEST.indexOf("requestBytes");
  private static final int RESPONSE_BYTES = EventType.HTTP_REQUEST.indexOf("responseBytes");
  private static final int ELAPSED = EventType.HTTP_REQUEST.indexOf("elapsed");
  private static final long NO_SEQUENCE = -1;

  /** Around an alert each event is told, as long as they are no more than this. */
  private static final int AROUND_ALERTS_PER_SECOND = 500;

  private final EpochClock clock;
  private final SelfTestProgress selfTests = new SelfTestProgress();
  private final EventRing common;
  private final EventRing telling;
  private final RepeatedEvents repeatedEvents;
  private final RepeatedEvents.Untold untold = new InPlaceOfAll();
  private final RateLimit aroundAlerts = new RateLimit(AROUND_ALERTS_PER_SECOND);
  private final RateLimit recordedCommon = new RateLimit(RECORDED_PER_SECOND);
  private final RateLimit commonStacks = new RateLimit(COMMON_STACKS_PER_SECOND);
  private final AtomicLong sequence = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private final AtomicLong pastRecording = new AtomicLong();

  private volatile @Nullable EventConsumer recording;
  private volatile EventConsumer[] stages = {};
  private volatile boolean startIsOver;

  /** Until when each event is told, in nanoseconds since 1970. */
  private volatile long tellsUntil = Long.MIN_VALUE;

  public EventSink(EpochClock clock) {
    this(clock, EventLimits.MOST);
  }

  public EventSink(EpochClock clock, EventLimits limits) {
    this.clock = clock;
    repeatedEvents = new RepeatedEvents(limits.kinds());
    common =
        new EventRing(
            limits.commonEvents(), limits.wholeBytes(), new StackTable(limits.stackBytes()));
    telling =
        new EventRing(
            limits.tellingEvents(), limits.wholeBytes(), new StackTable(limits.stackBytes()));
  }

  /** Something happened on this thread; values in the order of {@link EventType#fields}. */
  public void emit(EventType type, @Nullable Object... values) {
    EventBounds.bound(values);
    RequestContext request = CurrentRequest.get();
    if (RepeatedEvents.mayRepeat(type, values)) {
      tellOrCount(request, type, values);
    } else {
      accept(here(request, type, values));
    }
  }

  /**
   * The same, for whoever knows this thread's stack already.
   *
   * @param stack without frames of Whorl; not to be changed
   */
  public void emit(StackTraceElement[] stack, EventType type, @Nullable Object... values) {
    EventBounds.bound(values);
    RequestContext request = CurrentRequest.get();
    if (request != null) {
      request.name();
    }
    accept(
        AgentEvent.here(type, sequence.getAndIncrement(), clock.nanos(), stack, request, values));
  }

  /** A request was answered, on whatever thread; values as of {@link #emit}. */
  public void emitAnswered(RequestContext request, @Nullable Object... values) {
    EventBounds.bound(values);
    tellOrCount(request, EventType.HTTP_REQUEST, values);
  }

  private void tellOrCount(
      @Nullable RequestContext request, EventType type, @Nullable Object[] values) {
    long now = clock.nanos();
    long era = repeatedEvents.era();
    RepeatedEvents.Told same = repeatedEvents.find(type, values, request);
    boolean named = type == EventType.HTTP_REQUEST && request != null && request.isNamed();
    if (same != null && !named && !tellsEach(now) && same.counts(era, now)) {
      if (type == EventType.HTTP_REQUEST && request != null) {
        request.untold(new Counted(same, request, values, now));
      }
      return;
    }
    long before = same == null ? 0 : repeatedEvents.take(same);
    AgentEvent event = here(request, type, before == 0 ? values : withCount(type, values, before));
    acceptFor(request, event);
    if (event.isDull()) {
      repeatedEvents.tell(same, type, values, request, era, now, untold);
    }
  }

  /** What comes of the event, such as an alert, is the request's too. */
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

  private boolean tellsEach(long now) {
    return now < tellsUntil && aroundAlerts.admits(now);
  }

  private static @Nullable Object[] withCount(
      EventType type, @Nullable Object[] values, long count) {
    @Nullable Object[] counted = Arrays.copyOf(values, type.fields().size());
    counted[counted.length - 1] = count;
    return counted;
  }

  /**
   * A request that was counted. It keeps only what it does not have in common with the one that was
   * told. A class and no lambda: made on the application's threads.
   */
  private final class Counted implements Runnable {
    private final WeakReference<RepeatedEvents.Told> told;
    private final RequestContext request;
    private final long epochNanos;
    private final @Nullable Object requestBytes;
    private final @Nullable Object responseBytes;
    private final @Nullable Object elapsed;

    Counted(
        RepeatedEvents.Told told,
        RequestContext request,
        @Nullable Object[] values,
        long epochNanos) {
      this.told = told.weakly();
      this.request = request;
      this.epochNanos = epochNanos;
      this.requestBytes = values[REQUEST_BYTES];
      this.responseBytes = values[RESPONSE_BYTES];
      this.elapsed = values[ELAPSED];
    }

    @Override
    public void run() {
      RepeatedEvents.Told same = told.get();
      if (same == null) {
        return; // too many others came since; what names the request has its path and address
      }
      same.discount();
      @Nullable Object[] values = same.values().clone();
      values[REQUEST_BYTES] = requestBytes;
      values[RESPONSE_BYTES] = responseBytes;
      values[ELAPSED] = elapsed;
      emitLate(EventType.HTTP_REQUEST, epochNanos, null, NO_STACK, request, values);
    }
  }

  /** Tells events that were counted: one in place of all. A class: a lambda would be linked. */
  private final class InPlaceOfAll implements RepeatedEvents.Untold {
    @Override
    public void tell(RepeatedEvents.Told told, long count) {
      EventType type = told.type();
      AgentEvent event =
          AgentEvent.recorded(
              type,
              sequence.getAndIncrement(),
              told.lastNanos(),
              null,
              null,
              // Of the request it is known already, and of the others no one is like this.
              type == EventType.HTTP_REQUEST ? null : told.request(),
              withCount(type, told.values(), count - 1));
      write(event);
      ring(type).add(event, StackTable.NONE);
      forward(event);
    }
  }

  /**
   * Tells what was counted and no equal event has told for so long; a thread of the agent calls it
   * now and then.
   */
  public void tellCounted(long nanos) {
    repeatedEvents.tellAll(clock.nanos() - nanos, untold);
  }

  /** For so long each event is told, and none is only counted: somebody looks closely. */
  public void tellEach(long nanos) {
    tellsUntil = clock.nanos() + nanos;
  }

  /** What the rules say of an event may be different from now on. */
  public void rulesChanged() {
    repeatedEvents.beginEra();
  }

  /** How many events were counted so far with those that they equal. */
  public long counted() {
    return repeatedEvents.counted();
  }

  /** How many events were told so far, each by itself. */
  public long told() {
    return sequence.get();
  }

  /** About how many bytes of the heap the rings hold, by what they hold. */
  public Map<String, Long> heldBytes() {
    return Map.of(
        "events", common.heldBytes() + telling.heldBytes(),
        "stacks", common.stacks().bytes() + telling.stacks().bytes());
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
  public SelfTestProgress selfTests() {
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
    RequestContext request = CurrentRequest.get();
    if (request != null) {
      request.name();
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
    AgentEvent event = here(CurrentRequest.get(), type, values);
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
    EventBounds.bound(values);
    if (request != null) {
      request.name();
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
    rulesChanged();
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
    common.packNew();
    telling.packNew();
  }

  /** Makes the events of the start small too, in short steps; takes part of a second. */
  public void packHeld() {
    Runnable pause = () -> LockSupport.parkNanos(this, BETWEEN_STEPS_NANOS);
    common.packHeld(pause);
    telling.packHeld(pause);
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
    repeatedEvents.tellAll(Long.MAX_VALUE, untold);
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

  private AgentEvent here(
      @Nullable RequestContext request, EventType type, @Nullable Object[] values) {
    if (request != null) {
      request.name();
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

  /** Into the recording; false when there is none. */
  private boolean write(AgentEvent event) {
    EventConsumer recorder = recording;
    if (recorder == null) {
      return false;
    }
    if (event.type().telling() || recordedCommon.admits(event.epochNanos())) {
      feed(recorder, event);
    }
    return true;
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
}
