package whorl.agent.hook.code;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import whorl.agent.config.MemoryBudget;
import whorl.evidence.Digest;

/**
 * Which classes somebody else had changed, or looked at, after they were loaded: an agent, a
 * debugger. Whether they are different now only shows when somebody compares.
 */
public final class Redefinitions {
  private static final int MAX = MemoryBudget.OF_THIS_JVM.entries(4096);

  private final Map<String, Redefinition> byKey = new ConcurrentHashMap<>();
  private final AtomicLong dropped = new AtomicLong();

  /**
   * One class.
   *
   * @param type which this does not keep alive
   * @param by the known library or agent that did it; null: nobody known
   * @param replaced whether new bytes were handed in, and not just transformers asked once more
   * @param altered digest of what an agent's transformer made of it last; null: none changed it
   * @param agent the class and jar of that agent; null where it is not known
   */
  public record Redefinition(
      WeakReference<Class<?>> type,
      @Nullable String by,
      boolean replaced,
      @Nullable Digest altered,
      @Nullable String agent) {
    /** Whether other bytes came of it. */
    public boolean changed() {
      return replaced || altered != null;
    }
  }

  /** Runs on the thread that does it. */
  void note(Class<?> type, @Nullable String by, boolean replaced) {
    put(type, by, replaced, null, null);
  }

  /**
   * A transformer of another agent changed it; runs on the thread that has it done.
   *
   * @return false when it made the same of it before
   */
  boolean altered(Class<?> type, @Nullable String by, Digest altered, @Nullable String agent) {
    Redefinition before = byKey.get(key(type));
    if (before != null && altered.equals(before.altered())) {
      return false;
    }
    put(type, by, false, altered, agent);
    return true;
  }

  private void put(
      Class<?> type,
      @Nullable String by,
      boolean replaced,
      @Nullable Digest altered,
      @Nullable String agent) {
    String key = key(type);
    Redefinition before = byKey.get(key);
    if (before == null && byKey.size() >= MAX && !forgetUnloaded()) {
      dropped.incrementAndGet();
      return;
    }
    boolean unknownBefore = before != null && before.by() == null;
    byKey.put(
        key,
        new Redefinition(
            new WeakReference<>(type),
            unknownBefore ? null : by,
            replaced || (before != null && before.replaced()),
            altered == null && before != null ? before.altered() : altered,
            altered == null && before != null ? before.agent() : agent));
  }

  private static String key(Class<?> type) {
    return type.getName() + "@" + System.identityHashCode(type);
  }

  /** Makes room where classes were unloaded, as those of a redeployed application. */
  private boolean forgetUnloaded() {
    for (Map.Entry<String, Redefinition> one : byKey.entrySet()) {
      if (one.getValue().type().refersTo(null)) {
        byKey.remove(one.getKey(), one.getValue());
      }
    }
    return byKey.size() < MAX;
  }

  /** Those whose class is still there. */
  public List<Redefinition> snapshot() {
    List<Redefinition> there = new ArrayList<>();
    for (Redefinition one : byKey.values()) {
      if (one.type().get() != null) {
        there.add(one);
      }
    }
    return there;
  }

  /** How many could not be noted. */
  public long dropped() {
    return dropped.get();
  }
}
