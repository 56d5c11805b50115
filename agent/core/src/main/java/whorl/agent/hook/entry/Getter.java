package whorl.agent.hook.entry;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * A public method without parameters of classes that the agent is not compiled against, looked up
 * once for each class. What cannot be called has no value; nothing is kept alive.
 */
final class Getter {
  private static final MethodHandle NOTHING =
      MethodHandles.dropArguments(MethodHandles.constant(Object.class, null), 0, Object.class);

  private final ClassValue<MethodHandle> byClass;

  Getter(String method) {
    this.byClass =
        new ClassValue<>() {
          @Override
          protected MethodHandle computeValue(Class<?> type) {
            try {
              return MethodHandles.lookup()
                  .unreflect(type.getMethod(method))
                  .asType(MethodType.methodType(Object.class, Object.class));
            } catch (ReflectiveOperationException | RuntimeException | LinkageError notThere) {
              return NOTHING;
            }
          }
        };
  }

  @Nullable Object of(Object owner) {
    try {
      return byClass.get(owner.getClass()).invoke(owner);
    } catch (Throwable failed) {
      return null;
    }
  }

  @Nullable String text(Object owner) {
    return of(owner) instanceof String text ? text : null;
  }
}
