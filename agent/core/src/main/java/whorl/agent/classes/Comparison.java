package whorl.agent.classes;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Compares the current classes with the files that they came from. */
final class Comparison {
  private final ClassFiles files;
  private final Map<Class<?>, byte[]> current;
  private final Inspector.Weaving weaving;

  Comparison(ClassFiles files, Map<Class<?>, byte[]> current, Inspector.Weaving weaving) {
    this.files = files;
    this.current = current;
    this.weaving = weaving;
  }

  /** Returns the members that differ, empty if none; null if they cannot be compared. */
  @Nullable List<String> of(Class<?> type) {
    byte[] fromFile = files.of(type).bytes();
    byte[] now = current.get(type);
    if (fromFile == null || now == null) {
      return null;
    }
    try {
      List<String> woven =
          ClassDifference.between(weaving.woven(type.getName().replace('.', '/'), fromFile), now);
      // A transformer before the agent's sees the class without the agent's weaving.
      List<String> plain = woven.isEmpty() ? woven : ClassDifference.between(fromFile, now);
      return plain.size() < woven.size() ? plain : woven;
    } catch (RuntimeException unreadable) {
      return null;
    }
  }
}
