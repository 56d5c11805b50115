package whorl.agent.hook.file;

import java.io.File;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Checks whether a file exists, with the kernel call of {@code java.io.File}. {@code File.exists}
 * first calls the security manager, which on 17 and 21 may be the application's.
 */
final class Existence {
  /** java.io.FileSystem.BA_EXISTS. */
  private static final int EXISTS = 0x01;

  /** True if the JDK has the method called here; known once it was tried. */
  private static volatile boolean available;

  private Existence() {}

  /** Looked up once the package is open, and constant for the compiler. */
  private static final class Calls {
    static final MethodHandle ATTRIBUTES;

    private Calls() {}

    static {
      try {
        Class<?> system = Class.forName("java.io.FileSystem");
        MethodHandles.Lookup lookup =
            MethodHandles.privateLookupIn(File.class, MethodHandles.lookup());
        ATTRIBUTES =
            lookup
                .findVirtual(
                    system, "getBooleanAttributes", MethodType.methodType(int.class, File.class))
                .bindTo(field(lookup, system).invoke());
      } catch (Throwable otherShape) {
        throw new ExceptionInInitializerError(otherShape);
      }
    }

    /** The field's name is in lower case up to 20. */
    private static MethodHandle field(MethodHandles.Lookup lookup, Class<?> system)
        throws ReflectiveOperationException {
      try {
        return lookup.findStaticGetter(File.class, "FS", system);
      } catch (NoSuchFieldException older) {
        return lookup.findStaticGetter(File.class, "fs", system);
      }
    }
  }

  /** Links the call; if the JDK lacks the method, the public method is called. */
  static void prepare() {
    try {
      available = ((int) Calls.ATTRIBUTES.invokeExact(new File("/")) & EXISTS) != 0;
      exists("/");
    } catch (Throwable otherShape) {
      available = false;
    }
  }

  static boolean exists(String name) {
    File file = new File(name);
    // The kernel would see such a name only up to the zero.
    if (name.indexOf('\0') >= 0) {
      return false;
    }
    if (!available) {
      return file.exists();
    }
    try {
      return ((int) Calls.ATTRIBUTES.invokeExact(file) & EXISTS) != 0;
    } catch (Throwable unlikely) { // report no creation then
      return true;
    }
  }
}
