package whorl.agent.hook.code;

import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Maps each other agent's {@code Instrumentation} to its agent, so that changes can be attributed.
 */
public final class LoadedAgents {
  private static final int MAX = 64;

  private final AtomicReferenceArray<@Nullable Loaded> all = new AtomicReferenceArray<>(MAX);
  private final AtomicInteger next = new AtomicInteger();
  private volatile @Nullable WeakReference<Object> ours;

  private record Loaded(WeakReference<Object> instrumentation, String name) {}

  /** Sets this agent's own instance, whose changes are not reported. */
  public void ours(Object instrumentation) {
    ours = new WeakReference<>(instrumentation);
  }

  /** True if it belongs to another agent. */
  boolean isOther(@Nullable Object instrumentation) {
    WeakReference<Object> own = ours;
    return instrumentation != null && own != null && !own.refersTo(instrumentation);
  }

  /** An agent is being loaded; beyond 64 agents the oldest are forgotten. */
  void add(@Nullable Object instrumentation, @Nullable String jar, @Nullable String className) {
    if (instrumentation != null) {
      String name = String.valueOf(className);
      all.set(
          Math.floorMod(next.getAndIncrement(), MAX),
          new Loaded(
              new WeakReference<>(instrumentation),
              jar == null ? name : name.concat(" of ").concat(jar)));
    }
  }

  /** The agent's class and jar; null if it was loaded before this agent, or is forgotten. */
  @Nullable String name(Object instrumentation) {
    for (int i = 0; i < MAX; i++) {
      Loaded one = all.get(i);
      if (one != null && one.instrumentation().refersTo(instrumentation)) {
        return one.name();
      }
    }
    return null;
  }
}
