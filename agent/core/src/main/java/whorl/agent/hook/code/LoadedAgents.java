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

  private final AtomicReferenceArray<@Nullable Loaded> agents = new AtomicReferenceArray<>(MAX);
  private final AtomicInteger next = new AtomicInteger();
  private volatile @Nullable WeakReference<Object> ownInstrumentation;

  private record Loaded(WeakReference<Object> instrumentation, String name) {}

  /** Sets this agent's own instance, whose changes are not reported. */
  public void setOwn(Object instrumentation) {
    ownInstrumentation = new WeakReference<>(instrumentation);
  }

  /** True if it belongs to another agent. */
  boolean isOther(@Nullable Object instrumentation) {
    WeakReference<Object> own = ownInstrumentation;
    return instrumentation != null && own != null && !own.refersTo(instrumentation);
  }

  /** An agent is being loaded; beyond 64 agents the oldest are forgotten. */
  void add(@Nullable Object instrumentation, @Nullable String jar, @Nullable String className) {
    if (instrumentation != null) {
      String name = String.valueOf(className);
      agents.set(
          Math.floorMod(next.getAndIncrement(), MAX),
          new Loaded(
              new WeakReference<>(instrumentation),
              jar == null ? name : name.concat(" of ").concat(jar)));
    }
  }

  /** The agent's class and jar; null if it was loaded before this agent, or is forgotten. */
  @Nullable String name(Object instrumentation) {
    for (int i = 0; i < MAX; i++) {
      Loaded agent = agents.get(i);
      if (agent != null && agent.instrumentation().refersTo(instrumentation)) {
        return agent.name();
      }
    }
    return null;
  }
}
