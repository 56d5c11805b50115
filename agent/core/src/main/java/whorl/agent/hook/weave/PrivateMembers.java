package whorl.agent.hook.weave;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/**
 * Fields and methods that a class itself declares, readable, found by the JDK's internal methods.
 * The public way first calls the security manager, which on 17 and 21 may be a class of the
 * application, and hooks must not call it. Needs {@code java.lang} and {@code java.lang.reflect}
 * opened, as {@link Holder} does.
 */
public final class PrivateMembers {
  private static final int FIRST_THAT_FORBIDS = 18;
  private static final int FIRST_WITHOUT_MANAGERS = 24;

  private static final Method[] NO_METHODS = {};

  /** The JDK's internal methods; null if they are missing or not needed. */
  private static volatile @Nullable Calls calls;

  private PrivateMembers() {}

  /** Links all calls if this JVM may have a security manager. */
  public static void prepare() {
    if (mayHaveManager()) {
      try {
        calls = Calls.link();
      } catch (ReflectiveOperationException otherShape) {
        return;
      }
      if (field(Thread.class, "name") == null || methods(Runnable.class).length != 1) {
        calls = null;
      }
    }
  }

  /** From 18 on a manager must be allowed on the command line; from 24 on there is none. */
  private static boolean mayHaveManager() {
    int feature = Runtime.version().feature();
    String allowed = System.getProperty("java.security.manager");
    return feature < FIRST_THAT_FORBIDS
        || (feature < FIRST_WITHOUT_MANAGERS && allowed != null && !allowed.equals("disallow"));
  }

  /** The field of that name, readable; null if the class declares none. */
  public static @Nullable Field field(Class<?> type, String name) {
    Calls own = calls;
    byte[] state = ThreadState.current();
    boolean wasBusy = ThreadState.busy(state);
    ThreadState.busy(state, false); // the class's loader is asked for the types of its fields
    try {
      if (own != null) {
        return own.field(type, name);
      }
      Field field = type.getDeclaredField(name);
      return field.trySetAccessible() ? field : null;
    } catch (Throwable notThere) { // or a class whose own types are missing
      return null;
    } finally {
      ThreadState.busy(state, wasBusy);
    }
  }

  /** All methods that the class declares; the array must not be changed. */
  public static Method[] methods(Class<?> type) {
    Calls own = calls;
    byte[] state = ThreadState.current();
    boolean wasBusy = ThreadState.busy(state);
    ThreadState.busy(state, false); // the class's loader is asked for the types of its methods
    try {
      return own != null
          ? (Method[]) own.methods().invokeExact(type, false)
          : type.getDeclaredMethods();
    } catch (Throwable notThere) { // as above
      return NO_METHODS;
    } finally {
      ThreadState.busy(state, wasBusy);
    }
  }

  /** A callable copy of one of {@link #methods}; null if access is refused. */
  public static @Nullable Method callable(Method method) {
    Calls own = calls;
    try {
      if (own != null) {
        return own.callable(method);
      }
      return method.trySetAccessible() ? method : null;
    } catch (Throwable refused) {
      return null;
    }
  }

  /** The JDK's internal methods. */
  private record Calls(
      MethodHandle fields,
      MethodHandle methods,
      MethodHandle fieldCopy,
      MethodHandle methodCopy,
      MethodHandle open) {
    static Calls link() throws ReflectiveOperationException {
      MethodHandles.Lookup types =
          MethodHandles.privateLookupIn(Class.class, MethodHandles.lookup());
      MethodHandles.Lookup members =
          MethodHandles.privateLookupIn(AccessibleObject.class, MethodHandles.lookup());
      return new Calls(
          types.findVirtual(
              Class.class,
              "privateGetDeclaredFields",
              MethodType.methodType(Field[].class, boolean.class)),
          types.findVirtual(
              Class.class,
              "privateGetDeclaredMethods",
              MethodType.methodType(Method[].class, boolean.class)),
          members.findVirtual(Field.class, "copy", MethodType.methodType(Field.class)),
          members.findVirtual(Method.class, "copy", MethodType.methodType(Method.class)),
          members.findVirtual(
              AccessibleObject.class,
              "setAccessible0",
              MethodType.methodType(boolean.class, boolean.class)));
    }

    @Nullable Field field(Class<?> type, String name) throws Throwable {
      for (Field field : (Field[]) fields.invokeExact(type, false)) {
        if (field.getName().equals(name)) {
          Field own = (Field) fieldCopy.invokeExact(field);
          return opens(own) ? own : null;
        }
      }
      return null;
    }

    @Nullable Method callable(Method method) throws Throwable {
      Method own = (Method) methodCopy.invokeExact(method);
      return opens(own) ? own : null;
    }

    private boolean opens(AccessibleObject member) throws Throwable {
      return (boolean) open.invokeExact(member, true);
    }
  }
}
