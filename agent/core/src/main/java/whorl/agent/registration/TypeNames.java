package whorl.agent.registration;

import java.util.Set;

/** Asks what a class is by the names of what it extends and implements. */
public final class TypeNames {
  private TypeNames() {}

  /** Whether the class, or anything it extends or implements, has one of these names. */
  public static boolean isAny(Class<?> type, Set<String> names) {
    for (Class<?> at = type; at != null; at = at.getSuperclass()) {
      if (names.contains(at.getName()) || implementsAny(at, names)) {
        return true;
      }
    }
    return false;
  }

  private static boolean implementsAny(Class<?> type, Set<String> names) {
    for (Class<?> one : type.getInterfaces()) {
      if (names.contains(one.getName()) || implementsAny(one, names)) {
        return true;
      }
    }
    return false;
  }
}
