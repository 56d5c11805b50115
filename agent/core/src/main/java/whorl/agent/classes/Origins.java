package whorl.agent.classes;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.agent.capture.CodeSources;
import whorl.agent.hook.code.GeneratedClass;

/** Tells of loaded classes where they came from, by what was seen when they were made. */
final class Origins {
  private final Map<String, List<GeneratedClass>> byName = new HashMap<>();
  private final ClassFiles files;

  Origins(List<GeneratedClass> made, ClassFiles files) {
    this.files = files;
    for (GeneratedClass one : made) {
      byName.computeIfAbsent(one.className(), name -> new ArrayList<>(1)).add(one);
    }
  }

  /** The class that answers for this one: a lambda's is the one that it was written in. */
  static Class<?> answering(Class<?> type) {
    try {
      return type.isHidden() ? type.getNestHost() : type;
    } catch (LinkageError broken) {
      return type;
    }
  }

  /** How the class was made at run time; null when that was not seen. Changes are left out. */
  @Nullable GeneratedClass made(Class<?> type) {
    return newest(type, false);
  }

  /** What the class was changed to; null when that was not seen. */
  @Nullable GeneratedClass changed(Class<?> type) {
    return newest(type, true);
  }

  /** Of the class that answers; files must have been looked for before. */
  Provenance of(Class<?> type) {
    GeneratedClass made = made(type);
    return made == null && type.isHidden() ? named(answering(type)) : named(type);
  }

  private Provenance named(Class<?> type) {
    GeneratedClass made = made(type);
    if (made != null) {
      return new Provenance(
          made.suspicious() ? Provenance.Kind.MADE : Provenance.Kind.GENERATED, made);
    }
    if (type.isHidden()) {
      return new Provenance(Provenance.Kind.UNRECORDED, null);
    }
    ClassLoader loader = type.getClassLoader();
    if (loader == null
        || loader == ClassLoader.getPlatformClassLoader()
        || loader == Origins.class.getClassLoader()) {
      return new Provenance(Provenance.Kind.FILED, null);
    }
    if (CodeSources.text(type) == null) {
      return new Provenance(Provenance.Kind.UNRECORDED, null);
    }
    return switch (files.of(type).outcome()) {
      case FOUND -> new Provenance(Provenance.Kind.FILED, null);
      case ABSENT -> new Provenance(Provenance.Kind.MISPLACED, null);
      case UNREADABLE -> new Provenance(Provenance.Kind.UNREADABLE, null);
    };
  }

  private @Nullable GeneratedClass newest(Class<?> type, boolean changed) {
    List<GeneratedClass> named = byName.getOrDefault(type.getName(), List.of());
    for (int i = named.size() - 1; i >= 0; i--) {
      GeneratedClass one = named.get(i);
      if (one.isOf(type) && one.origin().equals("agent") == changed) {
        return one;
      }
    }
    return null;
  }
}
