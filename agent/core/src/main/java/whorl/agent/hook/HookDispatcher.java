package whorl.agent.hook;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.tamper.TamperHook;
import whorl.agent.hook.tamper.Tampering;
import whorl.agent.hook.weave.Hook;
import whorl.agent.hook.weave.HookPoint;
import whorl.agent.hook.weave.ThreadState;
import whorl.agent.hook.weave.Weaver;
import whorl.event.StackEnd;

/**
 * Passes each visit of a woven method to the hook of its join point, on the application's thread.
 * While a hook works, its thread is not observed. A failure of a hook is counted and never reaches
 * the application.
 *
 * <p>One visit of {@link ThreadState#VISITS_PER_TIMED} is timed, by the wall clock, so the time in
 * which the thread is not scheduled is included. Not included are handovers of work between
 * threads, the way from woven code to here (some nanoseconds), and the weaving of classes as they
 * load.
 */
final class HookDispatcher implements ObjIntConsumer<Object[]> {
  /** A join point's number is composed of the hook's position and the number within the hook. */
  private static final int POINTS_PER_HOOK = HookPoint.MAX_ID + 1;

  /** The class that woven code calls, and any other code can call. */
  private static final String FORGED = "java.lang.WhorlHooks";

  private final Hook[] hooks;
  private final Failures failures;
  private final Nesting nesting;
  private final TamperHook tamper;
  private final LostVisits lost = new LostVisits();

  /** The first join point's number in woven code. */
  final int base = unguessable();

  /** One more than the last join point's number, counted from 0. */
  private final int end;

  private volatile byte @Nullable [] probedState;
  private volatile long reachedHooks;

  private final LongAdder timedVisits = new LongAdder();
  private final LongAdder timedNanos = new LongAdder();

  HookDispatcher(List<Hook> hooks, Failures failures, Nesting nesting, TamperHook tamper) {
    this.hooks = hooks.toArray(new Hook[0]);
    this.failures = failures;
    this.nesting = nesting;
    this.tamper = tamper;
    this.end = hooks.size() * POINTS_PER_HOOK;
  }

  /**
   * A number that differs from JVM to JVM, so that a caller that does not know the woven code
   * cannot forge a visit.
   */
  private static int unguessable() {
    long mixed = (System.nanoTime() ^ System.identityHashCode(new Object())) * 0x9E3779B97F4A7C15L;
    return (int) (mixed >>> Integer.SIZE);
  }

  void addTo(Weaver weaver) {
    for (int i = 0; i < hooks.length; i++) {
      for (HookPoint point : hooks[i].joinPoints()) {
        weaver.add(point.joinPoint(), base + i * POINTS_PER_HOOK + point.id());
      }
      for (Map.Entry<String, String> entry : hooks[i].notSupported().entrySet()) {
        weaver.addNotSupported(entry.getKey(), entry.getValue());
      }
    }
  }

  @Override
  public void accept(@Nullable Object[] values, int number) {
    byte[] state = ThreadState.current();
    int joinPoint = number - base;
    if (ThreadState.busy(state)) {
      if (state == probedState) {
        reachedHooks |= 1L << joinPoint / POINTS_PER_HOOK;
        return;
      }
      if (!nesting.isForged(state)) {
        return;
      }
    }
    ThreadState.busy(state, true);
    try {
      if (joinPoint < 0 || joinPoint >= end) {
        tamper.report(Tampering.VISIT_FORGED, FORGED, null);
        return;
      }
      if (ThreadState.isTimed(state)) {
        observeTimed(joinPoint, values, state);
      } else {
        observe(joinPoint, values, state);
      }
    } catch (StackOverflowError noRoom) {
      StackEnd.met();
      lost.add(joinPoint, values);
      failures.add(noRoom);
    } catch (Throwable failure) { // no failure may reach the application
      failures.add(failure);
    } finally {
      ThreadState.busy(state, false);
    }
  }

  private void observe(int joinPoint, @Nullable Object[] values, byte[] state) {
    hooks[joinPoint / POINTS_PER_HOOK].observe(
        joinPoint % POINTS_PER_HOOK, values, ThreadState.of(state));
  }

  private void observeTimed(int joinPoint, @Nullable Object[] values, byte[] state) {
    long from = System.nanoTime();
    try {
      observe(joinPoint, values, state);
    } finally {
      timedNanos.add(System.nanoTime() - from);
      timedVisits.increment();
    }
  }

  /**
   * Describes the visits since the last call for which there was no room on the stack.
   *
   * @param missed visits so far that did not even reach this object
   */
  List<HookGuard.Finding> lostVisits(long missed) {
    return lost.report(missed, this::nameOf);
  }

  private String nameOf(int joinPoint) {
    if (joinPoint >= end) {
      return FORGED;
    }
    Hook hook = hooks[joinPoint / POINTS_PER_HOOK];
    for (HookPoint point : hook.joinPoints()) {
      if (point.id() == joinPoint % POINTS_PER_HOOK) {
        return point.joinPoint().toString();
      }
    }
    return hook.group();
  }

  /** Visits that reached a hook so far, estimated from the timed ones. */
  long count() {
    return timedVisits.sum() * ThreadState.VISITS_PER_TIMED;
  }

  /** Nanoseconds that these visits took together, estimated in the same way. */
  long nanos() {
    return timedNanos.sum() * ThreadState.VISITS_PER_TIMED;
  }

  /** True if a hook of the group is active. */
  boolean has(String group) {
    return hooks(group) != 0;
  }

  /**
   * True if a visit by this thread, which is otherwise not observed, reaches a hook of the group.
   */
  boolean reaches(String group, Runnable visit) {
    reachedHooks = 0;
    probedState = ThreadState.current();
    try {
      visit.run();
    } finally {
      probedState = null;
    }
    return (reachedHooks & hooks(group)) != 0;
  }

  /** Runs a visit of this agent thread as if the thread were one of the application. */
  void asApplication(Runnable visit) {
    byte[] state = ThreadState.current();
    ThreadState.busy(state, false);
    try {
      visit.run();
    } finally {
      ThreadState.busy(state, true);
    }
  }

  /** One bit for each hook of the group. */
  private long hooks(String group) {
    long found = 0;
    for (int i = 0; i < hooks.length; i++) {
      if (hooks[i].group().equals(group)) {
        found |= 1L << i;
      }
    }
    return found;
  }
}
