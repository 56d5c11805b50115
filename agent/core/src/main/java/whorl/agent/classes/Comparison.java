package whorl.agent.classes;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Compares classes as they are now with the files that they came from. */
final class Comparison {
  private final ClassFiles files;
  private final Map<Class<?>, byte[]> current;
  private final Inspector.Weaving weaving;

  Comparison(ClassFiles files, Map<Class<?>, byte[]> current, Inspector.Weaving weaving) {
    this.files = files;
    this.current = current;
    this.weaving = weaving;
  }

  /** What differs, empty when nothing does; null when they cannot be compared. */
  @Nullable List<String> of(Class<?> type) {
    byte[] filed = files.of(type).bytes();
    byte[] now = current.get(type);
    if (filed == null || now == null) {
      return null;
    }
    try {
      List<String> woven =
          ClassDifference.between(weaving.woven(type.getName().replace('.', '/'), filed), now);
      // Who was asked before us changed what is not woven yet.
      List<String> plain = woven.isEmpty() ? woven : ClassDifference.between(filed, now);
      return plain.size() < woven.size() ? plain : woven;
    } catch (RuntimeException unreadable) {
      return null;
    }
  }
}
