package whorl.agent.registration;

import java.util.Set;

/** Checks a class by the names of the types that it extends and implements. */
public final class TypeNames {
  private TypeNames() {}

  /** True if the class, or anything it extends or implements, has one of these names. */
  public static boolean isAny(Class<?> type, Set<String> names) {
    for (Class<?> at = type; at != null; at = at.getSuperclass()) {
      if (names.contains(at.getName()) || implementsAny(at, names)) {
        return true;
      }
    }
    return false;
  }

  private static boolean implementsAny(Class<?> type, Set<String> names) {
    for (Class<?> superInterface : type.getInterfaces()) {
      if (names.contains(superInterface.getName()) || implementsAny(superInterface, names)) {
        return true;
      }
    }
    return false;
  }
}
