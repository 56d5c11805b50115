package whorl.agent.hook.http;

import java.io.IOException;
import java.io.InputStream;
import java.lang.constant.ConstantDescs;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import org.jspecify.annotations.Nullable;

/**
 * The class that is defined once more, hidden, for each handle: there the handle is a constant, and
 * the call costs what a plain one does; through a handle that is none it takes several times as
 * long, and much longer until it is compiled.
 */
final class ConstantCall implements GetterCall {
  private static final MethodHandle METHOD = method();

  /** For the classes made of this one; this itself is never initialised. */
  ConstantCall() {}

  /**
   * @param generic takes and gives objects
   */
  static GetterCall make(MethodHandle generic) throws IOException, ReflectiveOperationException {
    return (GetterCall)
        MethodHandles.lookup()
            .defineHiddenClassWithClassData(template(), generic, true)
            .lookupClass()
            .getDeclaredConstructor()
            .newInstance();
  }

  @Override
  public @Nullable Object of(Object receiver, @Nullable Object argument) throws Throwable {
    return (Object) METHOD.invokeExact(receiver, argument);
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
