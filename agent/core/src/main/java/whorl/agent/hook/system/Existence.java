package whorl.agent.hook.system;

import java.io.File;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Whether there is a file of a name, as {@code java.io.File} itself asks the kernel. {@code
 * File.exists} asks the security manager before, which on 17 and 21 may be the application's.
 */
final class Existence {
  /** java.io.FileSystem.BA_EXISTS. */
  private static final int EXISTS = 0x01;

  /** Whether the JDK has what is called here; known once it was tried. */
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

    /** Its name is in lower case up to 20. */
    private static MethodHandle field(MethodHandles.Lookup lookup, Class<?> system)
        throws ReflectiveOperationException {
      try {
        return lookup.findStaticGetter(File.class, "FS", system);
      } catch (NoSuchFieldException older) {
        return lookup.findStaticGetter(File.class, "fs", system);
      }
    }
  }

  /** Links the call; where the JDK has another shape, the public method is called. */
  static void prepare() {
    try {
      available = ((int) Calls.ATTRIBUTES.invokeExact(new File("/")) & EXISTS) != 0;
      of("/");
    } catch (Throwable otherShape) {
      available = false;
    }
  }

  static boolean of(String name) {
    File file = new File(name);
    // The kernel would see such a name only up to there.
    if (name.indexOf('\0') >= 0) {
      return false;
    }
    if (!available) {
      return file.exists();
    }
    try {
      return ((int) Calls.ATTRIBUTES.invokeExact(file) & EXISTS) != 0;
    } catch (Throwable unlikely) { // then nothing is said of it
      return true;
    }
  }
}
