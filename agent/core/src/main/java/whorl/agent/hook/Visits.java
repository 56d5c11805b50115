package whorl.agent.hook;

import java.util.List;
import java.util.Map;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.weave.Hook;
import whorl.agent.hook.weave.JoinPoint;
import whorl.agent.hook.weave.ThreadState;
import whorl.agent.hook.weave.Weaver;

/**
 * Hands each visit of a woven method to the hook it belongs to, on the application's thread. While
 * a hook works, its thread is not observed; one that fails is counted, never felt.
 */
final class Visits implements ObjIntConsumer<Object[]> {
  /** A join point's number is the hook's position and the position within the hook. */
  private static final int POINTS_PER_HOOK = 64;

  private final Hook[] hooks;
  private final Failures failures;
  private volatile byte @Nullable [] hearing;
  private volatile long heard;

  Visits(List<Hook> hooks, Failures failures) {
    this.hooks = hooks.toArray(new Hook[0]);
    this.failures = failures;
  }

  void addTo(Weaver weaver) {
    for (int i = 0; i < hooks.length; i++) {
      List<JoinPoint> points = hooks[i].joinPoints();
      for (int j = 0; j < points.size(); j++) {
        weaver.add(points.get(j), i * POINTS_PER_HOOK + j);
      }
      for (Map.Entry<String, String> one : hooks[i].notSupported().entrySet()) {
        weaver.addNotSupported(one.getKey(), one.getValue());
      }
    }
  }

  @Override
  public void accept(@Nullable Object[] values, int joinPoint) {
    byte[] state = ThreadState.current();
    if (ThreadState.busy(state)) {
      if (state == hearing) {
        heard |= 1L << joinPoint / POINTS_PER_HOOK;
      }
      return;
    }
    ThreadState.busy(state, true);
    try {
      hooks[joinPoint / POINTS_PER_HOOK].observe(
          joinPoint % POINTS_PER_HOOK, values, ThreadState.of(state));
    } catch (Throwable failure) { // whatever it is, it must not reach the application
      failures.add(failure);
    } finally {
      ThreadState.busy(state, false);
    }
  }

  /** Whether a hook of that word is at work. */
  boolean has(String word) {
    return hooks(word) != 0;
  }

  /**
   * Whether a visit by this thread, which is otherwise not observed, comes to a hook of that word.
   */
  boolean hears(String word, Runnable visit) {
    heard = 0;
    hearing = ThreadState.current();
    try {
      visit.run();
    } finally {
      hearing = null;
    }
    return (heard & hooks(word)) != 0;
  }

  /** A bit for each hook of that word. */
  private long hooks(String word) {
    long found = 0;
    for (int i = 0; i < hooks.length; i++) {
      if (hooks[i].word().equals(word)) {
        found |= 1L << i;
      }
    }
    return found;
  }
}
