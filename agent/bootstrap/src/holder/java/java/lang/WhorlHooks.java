package java.lang;

import java.util.function.ObjIntConsumer;

/**
 * What woven code in the JDK and in frameworks calls. The agent defines this one class in java.base
 * when it starts, so that nothing is appended to the bootstrap class path; it speaks JDK types
 * only.
 */
public final class WhorlHooks {
  private static volatile ObjIntConsumer<Object[]> observer;

  private WhorlHooks() {}

  /** Arms (or, with null, disarms) all hooks at once; called last, when everything is loaded. */
  public static void arm(ObjIntConsumer<Object[]> armed) {
    observer = armed;
  }

  /** A woven method was entered or left; never throws. */
  public static void at(Object[] values, int joinPoint) {
    ObjIntConsumer<Object[]> armed = observer;
    if (armed != null) {
      try {
        armed.accept(values, joinPoint);
      } catch (Throwable ignored) {
        // The observer counts its failures itself; here the application must go on.
      }
    }
  }
}
