package whorl.agent.classes;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.agent.capture.jvm.CodeSources;
import whorl.agent.hook.code.GeneratedClass;
import whorl.agent.hook.weave.ThreadState;

/** Finds out where loaded classes came from, by what was recorded when they were defined. */
final class Origins {
  private final Map<String, List<GeneratedClass>> byName = new HashMap<>();
  private final ClassFiles files;

  Origins(List<GeneratedClass> made, ClassFiles files) {
    this.files = files;
    for (GeneratedClass generated : made) {
      byName.computeIfAbsent(generated.className(), name -> new ArrayList<>(1)).add(generated);
    }
  }

  /**
   * Returns the class that is responsible for this one: for a lambda, the class that contains it.
   * Another hidden class may name any class, and then its loader is asked for that class and may
   * throw anything. So meanwhile this thread is observed.
   */
  static Class<?> answeringClass(Class<?> type) {
    try {
      return type.isHidden() ? ThreadState.observed(type::getNestHost) : type;
    } catch (RuntimeException | Error broken) {
      return type;
    }
  }

  /**
   * Returns how the class was generated at run time; null if that was not recorded. Changes are
   * excluded.
   */
  @Nullable GeneratedClass made(Class<?> type) {
    return newest(type, false);
  }

  /** Returns what the class was changed to; null if that was not recorded. */
  @Nullable GeneratedClass changed(Class<?> type) {
    return newest(type, true);
  }

  /** Returns the provenance of the responsible class; its file must have been searched before. */
  Provenance of(Class<?> type) {
    GeneratedClass made = made(type);
    return made == null && type.isHidden()
        ? ofNamedClass(answeringClass(type))
        : ofNamedClass(type);
  }

  private Provenance ofNamedClass(Class<?> type) {
    GeneratedClass made = made(type);
    if (made != null) {
      return new Provenance(
          made.suspicious() ? Provenance.Kind.UNKNOWN_GENERATOR : Provenance.Kind.KNOWN_GENERATOR,
          made);
    }
    if (type.isHidden()) {
      return new Provenance(Provenance.Kind.UNRECORDED, null);
    }
    ClassLoader loader = type.getClassLoader();
    if (loader == null
        || loader == ClassLoader.getPlatformClassLoader()
        || loader == Origins.class.getClassLoader()) {
      return new Provenance(Provenance.Kind.FROM_FILE, null);
    }
    if (CodeSources.text(type) == null) {
      return new Provenance(Provenance.Kind.UNRECORDED, null);
    }
    return switch (files.of(type).outcome()) {
      case FOUND -> new Provenance(Provenance.Kind.FROM_FILE, null);
      case ABSENT -> new Provenance(Provenance.Kind.MISPLACED, null);
      case UNREADABLE -> new Provenance(Provenance.Kind.UNREADABLE, null);
    };
  }

  private @Nullable GeneratedClass newest(Class<?> type, boolean changed) {
    List<GeneratedClass> sameName = byName.getOrDefault(type.getName(), List.of());
    for (int i = sameName.size() - 1; i >= 0; i--) {
      GeneratedClass generated = sameName.get(i);
      if (generated.isOf(type) && generated.origin().equals("agent") == changed) {
        return generated;
      }
    }
    return null;
  }
}
