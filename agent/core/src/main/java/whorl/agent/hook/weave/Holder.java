package whorl.agent.hook.weave;

import java.io.IOException;
import java.io.InputStream;
import java.lang.instrument.Instrumentation;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Field;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The one class that woven code calls, defined in java.base by a lookup into java.lang, which is
 * opened to the agent alone. Nothing is appended to the bootstrap class path, so class data sharing
 * stays on.
 */
public final class Holder {
  private static final String RESOURCE = "META-INF/whorl/java/lang/WhorlHooks.class";

  private final Class<?> type;

  private Holder(Class<?> type) {
    this.type = type;
  }

  /**
   * Defines the class.
   *
   * @throws LinkageError when it is there already: another Whorl is at work in this JVM
   */
  public static Holder define(Instrumentation instrumentation, MethodHandles.Lookup lookup)
      throws ReflectiveOperationException {
    instrumentation.redefineModule(
        Object.class.getModule(),
        Set.of(),
        Map.of(),
        Map.of("java.lang", Set.of(Holder.class.getModule())),
        Set.of(),
        Map.of());
    byte[] bytes;
    try (InputStream in = Holder.class.getClassLoader().getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("the agent's jar lacks " + RESOURCE);
      }
      bytes = in.readAllBytes();
    } catch (IOException e) {
      throw new IllegalStateException("the agent's jar cannot be read: " + e.getMessage(), e);
    }
    return new Holder(MethodHandles.privateLookupIn(Object.class, lookup).defineClass(bytes));
  }

  /** From here on, visits of woven methods come to {@code observer}. */
  public void arm(ObjIntConsumer<Object[]> observer) throws ReflectiveOperationException {
    type.getMethod("arm", ObjIntConsumer.class).invoke(null, observer);
  }

  /** To whom visits come now: the observer that was armed, unless somebody changed it. */
  public @Nullable Object armed() throws ReflectiveOperationException {
    Field observer = type.getDeclaredField("observer");
    observer.setAccessible(true);
    return observer.get(null);
  }

  /** Visits that were lost on their way to an observer, for want of stack or memory. */
  public long missedVisits() throws ReflectiveOperationException {
    return (long) type.getMethod("missedVisits").invoke(null);
  }

  /** From here on, errors that say that memory ran out come to {@code observer}. */
  public void armMemory(Consumer<Throwable> observer) throws ReflectiveOperationException {
    type.getMethod("armMemory", Consumer.class).invoke(null, observer);
  }

  /** From here on, tasks that are handed in, run or done come to {@code observer}. */
  public void armTasks(ObjIntConsumer<Object> observer) throws ReflectiveOperationException {
    type.getMethod("armTasks", ObjIntConsumer.class).invoke(null, observer);
  }
}
