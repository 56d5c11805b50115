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
 * Classes that something else, an agent or a debugger, changed or retransformed after they were
 * loaded. Only a comparison shows whether they differ now.
 */
public final class Redefinitions {
  private static final int MAX = MemoryBudget.OF_THIS_JVM.entries(4096);

  private final Map<String, Redefinition> byKey = new ConcurrentHashMap<>();
  private final AtomicLong dropped = new AtomicLong();

  /**
   * One class.
   *
   * @param type the class, which this does not keep alive
   * @param by the known library or agent that did it; null if unknown
   * @param replaced true if new bytes were passed in, false if transformers were only called again
   * @param altered digest of the last result of an agent's transformer; null if none changed it
   * @param agent the class and jar of that agent; null if unknown
   */
  public record Redefinition(
      WeakReference<Class<?>> type,
      @Nullable String by,
      boolean replaced,
      @Nullable Digest altered,
      @Nullable String agent) {
    /** True if the bytes changed. */
    public boolean changed() {
      return replaced || altered != null;
    }
  }

  /** Notes a change; runs on the thread that makes it. */
  void note(Class<?> type, @Nullable String by, boolean replaced) {
    put(type, by, replaced, null, null);
  }

  /**
   * A transformer of another agent changed the class; runs on the thread that requested it.
   *
   * @return false if the result is the same as before
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

  /** Makes room by removing unloaded classes, such as those of a redeployed application. */
  private boolean forgetUnloaded() {
    for (Map.Entry<String, Redefinition> entry : byKey.entrySet()) {
      if (entry.getValue().type().refersTo(null)) {
        byKey.remove(entry.getKey(), entry.getValue());
      }
    }
    return byKey.size() < MAX;
  }

  /** The entries whose class is still loaded. */
  public List<Redefinition> snapshot() {
    List<Redefinition> loaded = new ArrayList<>();
    for (Redefinition entry : byKey.values()) {
      if (entry.type().get() != null) {
        loaded.add(entry);
      }
    }
    return loaded;
  }

  /** The number of classes that could not be noted. */
  public long dropped() {
    return dropped.get();
  }
}
