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
import org.jspecify.annotations.Nullable;

/**
 * Class files as the JVM has them now: a transformer, the last in the row, that changes nothing and
 * notes what it is given when this thread has classes transformed once more. It only does so for
 * the classes asked for, a few at a time, each of which costs the application a short stop. It must
 * not be asked for a class that another agent changed: where that agent's transformer is gone, the
 * change would be undone, and where it is there, it is asked after this one.
 */
final class CurrentBytes {
  private static final int MAX_CLASSES = 256;
  private static final int AT_A_TIME = 16;
  private static final long LIMIT_NANOS = 5_000_000_000L;

  private final Instrumentation instrumentation;

  CurrentBytes(Instrumentation instrumentation) {
    this.instrumentation = instrumentation;
  }

  /** Of as many of the classes as can be had. */
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
    Noting noting = new Noting(new HashSet<>(types));
    instrumentation.addTransformer(noting, true);
    try {
      long end = System.nanoTime() + LIMIT_NANOS;
      for (int i = 0; i < types.size() && end - System.nanoTime() > 0; i += AT_A_TIME) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        retransform(types.subList(i, Math.min(types.size(), i + AT_A_TIME)));
      }
    } finally {
      instrumentation.removeTransformer(noting);
    }
    return noting.bytes;
  }

  private void retransform(List<Class<?>> types) {
    try {
      instrumentation.retransformClasses(types.toArray(new Class<?>[0]));
    } catch (UnmodifiableClassException | RuntimeException | LinkageError one) {
      // One of them spoilt it for the others.
      for (Class<?> type : types.size() > 1 ? types : List.<Class<?>>of()) {
        retransform(List.of(type));
      }
    }
  }

  private static final class Noting implements ClassFileTransformer {
    private final Thread ours = Thread.currentThread();
    private final Set<Class<?>> wanted;
    private final Map<Class<?>, byte[]> bytes = new HashMap<>();

    Noting(Set<Class<?>> wanted) {
      this.wanted = wanted;
    }

    @Override
    public byte @Nullable [] transform(
        @Nullable ClassLoader loader,
        @Nullable String name,
        @Nullable Class<?> redefined,
        @Nullable ProtectionDomain domain,
        byte[] now) {
      if (Thread.currentThread() == ours && redefined != null && wanted.contains(redefined)) {
        bytes.put(redefined, now.clone());
      }
      return null;
    }
  }
}
