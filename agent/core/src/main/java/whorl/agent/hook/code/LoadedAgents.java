package whorl.agent.hook.code;

import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Which other agent has which {@code Instrumentation}, so that a change can be told by its agent.
 */
public final class LoadedAgents {
  private static final int MAX = 64;

  private final AtomicReferenceArray<@Nullable Loaded> all = new AtomicReferenceArray<>(MAX);
  private final AtomicInteger next = new AtomicInteger();
  private volatile @Nullable WeakReference<Object> ours;

  private record Loaded(WeakReference<Object> instrumentation, String name) {}

  /** The one of this agent, whose changes are nobody's. */
  public void ours(Object instrumentation) {
    ours = new WeakReference<>(instrumentation);
  }

  /** Whether it is that of another agent. */
  boolean isOther(@Nullable Object instrumentation) {
    WeakReference<Object> own = ours;
    return instrumentation != null && own != null && !own.refersTo(instrumentation);
  }

  /** An agent is being loaded; of more than 64 the oldest are forgotten. */
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

  /** Its class and jar; null for one that was loaded before this agent, or is forgotten. */
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
