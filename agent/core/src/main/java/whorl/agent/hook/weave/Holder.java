package whorl.agent.hook.weave;

import java.io.IOException;
import java.io.InputStream;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Field;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The one class that woven code calls. It is defined in java.base by a lookup into java.lang, which
 * is opened to the agent alone. Nothing is appended to the bootstrap class path, so class data
 * sharing stays on.
 */
public final class Holder {
  private static final String RESOURCE = "META-INF/whorl/java/lang/WhorlHooks.class";

  /** The fields of the holder class that hold the observers. */
  private static final String OBSERVER = "observer";

  private static final String MEMORY = "memory";
  private static final String TASKS = "tasks";
  private static final String PROBES = "probes";
  private static final String CALLS = "calls";
  private static final Set<String> NAMES = Set.of(OBSERVER, MEMORY, TASKS, PROBES, CALLS);

  private final Map<String, Field> fields = new LinkedHashMap<>();

  /** The observers that the agent armed, by field name. */
  private final Map<String, Object> armed = new ConcurrentHashMap<>();

  private final Class<?> type;

  private Holder(Class<?> type) throws ReflectiveOperationException {
    this.type = type;
    for (String name : NAMES) {
      Field field = type.getDeclaredField(name);
      field.setAccessible(true);
      fields.put(name, field);
    }
  }

  /**
   * Defines the class.
   *
   * @throws LinkageError if it already exists: another Whorl agent is active in this JVM
   */
  public static Holder define(Instrumentation instrumentation, MethodHandles.Lookup lookup)
      throws ReflectiveOperationException {
    try (InputStream in = Holder.class.getClassLoader().getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("the agent's jar lacks " + RESOURCE);
      }
      return define(instrumentation, lookup, in.readAllBytes());
    } catch (IOException e) {
      throw new IllegalStateException("the agent's jar cannot be read: " + e.getMessage(), e);
    }
  }

  /** As above, from this class file. */
  static Holder define(
      Instrumentation instrumentation, MethodHandles.Lookup lookup, byte[] classFile)
      throws ReflectiveOperationException {
    Set<Module> ours = Set.of(Holder.class.getModule());
    instrumentation.redefineModule(
        Object.class.getModule(),
        Set.of(),
        Map.of(),
        Map.of("java.lang", ours, "java.lang.reflect", ours),
        Set.of(),
        Map.of());
    MethodHandles.Lookup javaLang = MethodHandles.privateLookupIn(Object.class, lookup);
    Class<?> type = javaLang.defineClass(classFile);
    Holder holder = new Holder(type);
    hideFields(instrumentation, type);
    return holder;
  }

  /**
   * Hides the holder's fields from reflection, as the JDK hides its own. Neither code that opens
   * java.lang finds them, nor {@code Unsafe}, which needs a {@code Field}.
   */
  private static void hideFields(Instrumentation instrumentation, Class<?> type) {
    try {
      instrumentation.redefineModule(
          Object.class.getModule(),
          Set.of(),
          Map.of("jdk.internal.reflect", Set.of(Holder.class.getModule())),
          Map.of(),
          Set.of(),
          Map.of());
      Class.forName("jdk.internal.reflect.Reflection", true, null)
          .getMethod("registerFieldsToFilter", Class.class, Set.class)
          .invoke(null, type, names(type));
      // The class remembers its fields from when this one looked for them, until it is transformed.
      instrumentation.retransformClasses(type);
    } catch (ReflectiveOperationException
        | UnmodifiableClassException
        | RuntimeException notThisJdk) {
      // The fields are still private, and HookGuard repairs them.
    }
  }

  private static Set<String> names(Class<?> type) {
    Set<String> names = new HashSet<>();
    for (Field field : type.getDeclaredFields()) {
      names.add(field.getName());
    }
    return names;
  }

  /** From here on, visits of woven methods go to {@code observer}. */
  public void arm(ObjIntConsumer<Object[]> observer) {
    set(OBSERVER, observer);
  }

  /** Visits that were lost on their way to an observer because stack or memory ran out. */
  public long missedVisits() throws ReflectiveOperationException {
    return (long) type.getMethod("missedVisits").invoke(null);
  }

  /** The number of these visits for which there was no room on the stack. */
  public long stackEnds() throws ReflectiveOperationException {
    return (long) type.getMethod("stackEnds").invoke(null);
  }

  /** From here on, errors that report exhausted memory go to {@code observer}. */
  public void armMemory(ObjIntConsumer<Throwable> observer) {
    set(MEMORY, observer);
  }

  /** From here on, tasks that are submitted, started or finished go to {@code observer}. */
  public void armTasks(ObjIntConsumer<Object> observer) {
    set(TASKS, observer);
  }

  /**
   * From here on, calls of probed methods go to these two.
   *
   * @param probes decides which calls are recorded
   * @param calls receives the beginnings and ends of these
   */
  public void armProbes(IntFunction<Object[]> probes, ObjIntConsumer<Object[]> calls) {
    set(CALLS, calls);
    set(PROBES, probes);
  }

  /** There is no probe any more. */
  public void disarmProbes() {
    for (String field : new String[] {PROBES, CALLS}) {
      armed.remove(field);
      write(field, null);
    }
  }

  private void set(String field, Object value) {
    armed.put(field, value);
    write(field, value);
  }

  private void write(String field, @Nullable Object value) {
    try {
      field(field).set(null, value);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("the holder's field " + field + " is not accessible", e);
    }
  }

  private @Nullable Object read(String field) {
    try {
      return field(field).get(null);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("the holder's field " + field + " is not accessible", e);
    }
  }

  private Field field(String name) {
    return Objects.requireNonNull(fields.get(name));
  }

  /**
   * Restores observers that something replaced.
   *
   * @return the class name of the replacement, or {@code nothing}, by field name; empty if all is
   *     as armed
   */
  public Map<String, String> repair() {
    Map<String, String> replaced = new LinkedHashMap<>();
    armed.forEach(
        (field, value) -> {
          Object replacement = read(field);
          if (replacement != value) {
            write(field, value);
            replaced.put(field, replacement == null ? "nothing" : replacement.getClass().getName());
          }
        });
    return replaced;
  }
}
