package whorl.agent.hook.http;

import java.io.IOException;
import java.io.InputStream;
import java.lang.constant.ConstantDescs;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A class that is defined again, hidden, for each handle. The handle is a constant there, so a call
 * costs as much as a plain one. A call through a non-constant handle takes several times as long,
 * and much longer until it is compiled.
 */
final class ConstantCall implements BiFunction<Object, @Nullable Object, @Nullable Object> {
  private static final MethodHandle METHOD = method();

  /** For the hidden copies of this class; this class itself is never initialised. */
  ConstantCall() {}

  /**
   * @param generic takes and returns objects
   */
  @SuppressWarnings("unchecked")
  static BiFunction<Object, @Nullable Object, @Nullable Object> make(MethodHandle generic)
      throws IOException, ReflectiveOperationException {
    return (BiFunction<Object, @Nullable Object, @Nullable Object>)
        MethodHandles.lookup()
            .defineHiddenClassWithClassData(template(), generic, true)
            .lookupClass()
            .getDeclaredConstructor()
            .newInstance();
  }

  @Override
  public @Nullable Object apply(Object receiver, @Nullable Object argument) {
    try {
      return (Object) METHOD.invokeExact(receiver, argument);
    } catch (Throwable failure) { // as with any failing method, only this value is lost
      return null;
    }
  }

  private static MethodHandle method() {
    try {
      return MethodHandles.classData(
          MethodHandles.lookup(), ConstantDescs.DEFAULT_NAME, MethodHandle.class);
    } catch (IllegalAccessException notOurs) {
      throw new ExceptionInInitializerError(notOurs);
    }
  }

  private static byte[] template() throws IOException {
    try (InputStream in = ConstantCall.class.getResourceAsStream("ConstantCall.class")) {
      if (in == null) {
        throw new IOException("ConstantCall.class is not in the jar");
      }
      return in.readAllBytes();
    }
  }
}
