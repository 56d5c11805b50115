package whorl.agent.hook.weave;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.security.ProtectionDomain;
import org.jspecify.annotations.Nullable;

/**
 * Loader, protection domain and methods of a class, read by the JDK's internal methods. The public
 * getters first call the security manager, which on 17 and 21 may be a class of the application,
 * and hooks must not call it. Needs {@code java.lang} opened, as {@link Holder} does.
 */
public final class ClassFacts {
  /** True if the JDK's internal methods exist; known once they were tried. */
  private static volatile boolean available;

  private ClassFacts() {}

  /** Looked up once the package is open, and constant for the compiler. */
  private static final class Calls {
    static final MethodHandle LOADER;
    static final MethodHandle DOMAIN;
    static final MethodHandle METHOD;

    private Calls() {}

    static {
      try {
        MethodHandles.Lookup lookup =
            MethodHandles.privateLookupIn(Class.class, MethodHandles.lookup());
        LOADER =
            lookup.findVirtual(
                Class.class, "getClassLoader0", MethodType.methodType(ClassLoader.class));
        DOMAIN = domain(lookup);
        METHOD =
            lookup.findVirtual(
                Class.class,
                "getMethod0",
                MethodType.methodType(Method.class, String.class, Class[].class));
      } catch (ReflectiveOperationException otherShape) {
        throw new ExceptionInInitializerError(otherShape);
      }
    }

    /** From 24 on there are no security managers, and only the public method is left. */
    private static MethodHandle domain(MethodHandles.Lookup lookup)
        throws ReflectiveOperationException {
      MethodType type = MethodType.methodType(ProtectionDomain.class);
      try {
        return lookup.findVirtual(Class.class, "protectionDomain", type);
      } catch (NoSuchMethodException newer) {
        return lookup.findVirtual(Class.class, "getProtectionDomain", type);
      }
    }
  }

  /** Links all calls; if the JDK lacks them, the public getters are called. */
  public static void prepare() {
    try {
      ClassLoader none = (ClassLoader) Calls.LOADER.invokeExact(Object.class);
      available = none == null;
      loader(Object.class);
      domain(Object.class);
      publicMethod(Object.class, "hashCode", new Class<?>[0]);
    } catch (Throwable closed) {
      available = false;
    }
  }

  /** The loader that defined the class; null for the boot loader. */
  public static @Nullable ClassLoader loader(Class<?> type) {
    if (available) {
      try {
        return (ClassLoader) Calls.LOADER.invokeExact(type);
      } catch (Throwable unlikely) { // it only reads a field
        return null;
      }
    }
    return type.getClassLoader();
  }

  /** True if the boot loader defined the class. */
  public static boolean isOfBootLoader(Class<?> type) {
    return loader(type) == null;
  }

  /** The protection domain of the class; null for classes of the boot loader on some releases. */
  public static @Nullable ProtectionDomain domain(Class<?> type) {
    if (available) {
      try {
        return (ProtectionDomain) Calls.DOMAIN.invokeExact(type);
      } catch (Throwable unlikely) { // it only reads a field
        return null;
      }
    }
    return type.getProtectionDomain();
  }

  /** A public method of the class or of a superclass; null if there is none. */
  public static @Nullable Method publicMethod(Class<?> type, String name, Class<?>[] parameters) {
    if (!available) {
      return null;
    }
    try {
      return (Method) Calls.METHOD.invokeExact(type, name, parameters);
    } catch (Throwable otherShape) {
      return null;
    }
  }
}
