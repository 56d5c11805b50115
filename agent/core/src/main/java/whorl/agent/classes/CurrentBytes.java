package whorl.agent.classes;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.weave.ThreadState;

/**
 * Reads class files as the JVM has them now. A transformer, the last one registered, changes
 * nothing and records the bytes that it receives when this thread retransforms classes. It does so
 * only for the requested classes, a few at a time, because each pauses the application briefly. It
 * must not be used for a class that another agent changed: if that agent's transformer was removed,
 * the change would be undone, and if it still exists, it runs after this one. The JVM links a class
 * first, and its loader, which may be the application's, is asked while this thread is observed.
 */
final class CurrentBytes {
  private static final int MAX_CLASSES = 256;
  private static final int BATCH_CLASSES = 16;
  private static final long LIMIT_NANOS = 5_000_000_000L;

  private final Instrumentation instrumentation;

  CurrentBytes(Instrumentation instrumentation) {
    this.instrumentation = instrumentation;
  }

  /** Returns the bytes of as many of the classes as possible: not of one that cannot be linked. */
  Map<Class<?>, byte[]> of(Set<Class<?>> wanted) throws InterruptedException {
    List<Class<?>> types = new ArrayList<>();
    for (Class<?> type : wanted) {
      if (types.size() < MAX_CLASSES
          && !type.isHidden()
          && !type.isArray()
          && instrumentation.isModifiableClass(type)) {
        types.add(type);
      }
    }
    if (types.isEmpty()) {
      return Map.of();
    }
    Recorder recorder = new Recorder(new HashSet<>(types));
    instrumentation.addTransformer(recorder, true);
    try {
      long end = System.nanoTime() + LIMIT_NANOS;
      for (int i = 0; i < types.size() && end - System.nanoTime() > 0; i += BATCH_CLASSES) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        retransform(linked(types.subList(i, Math.min(types.size(), i + BATCH_CLASSES))));
      }
    } finally {
      instrumentation.removeTransformer(recorder);
    }
    return recorder.bytes;
  }

  private static List<Class<?>> linked(List<Class<?>> types) {
    List<Class<?>> linked = new ArrayList<>(types.size());
    for (Class<?> type : types) {
      if (type.getClassLoader() == null || isLinked(type)) {
        linked.add(type);
      }
    }
    return linked;
  }

  /** Each look-up links the class first, and then fails if a class that it names is missing. */
  private static boolean isLinked(Class<?> type) {
    return succeeds(type::getDeclaredFields)
        || succeeds(type::getDeclaredMethods)
        || succeeds(type::getDeclaredConstructors);
  }

  private static boolean succeeds(Supplier<Object[]> lookUp) {
    try {
      ThreadState.observed(lookUp);
      return true;
    } catch (Throwable ofTheApplication) { // its loader may throw anything
      return false;
    }
  }

  private void retransform(List<Class<?>> types) {
    if (types.isEmpty()) {
      return;
    }
    try {
      instrumentation.retransformClasses(types.toArray(new Class<?>[0]));
    } catch (UnmodifiableClassException | RuntimeException | LinkageError | InternalError failure) {
      // One class made the whole batch fail, so retransform each by itself.
      for (Class<?> type : types.size() > 1 ? types : List.<Class<?>>of()) {
        retransform(List.of(type));
      }
    }
  }

  private static final class Recorder implements ClassFileTransformer {
    private final Thread requester = Thread.currentThread();
    private final Set<Class<?>> wanted;
    private final Map<Class<?>, byte[]> bytes = new HashMap<>();

    Recorder(Set<Class<?>> wanted) {
      this.wanted = wanted;
    }

    @Override
    public byte @Nullable [] transform(
        @Nullable ClassLoader loader,
        @Nullable String name,
        @Nullable Class<?> redefined,
        @Nullable ProtectionDomain domain,
        byte[] now) {
      if (Thread.currentThread() == requester && redefined != null && wanted.contains(redefined)) {
        bytes.put(redefined, now.clone());
      }
      return null;
    }
  }
}
