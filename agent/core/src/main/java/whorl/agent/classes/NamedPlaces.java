package whorl.agent.classes;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.code.NamedSources;
import whorl.agent.hook.code.NamedSources.Named;
import whorl.agent.hook.code.NamedSources.Verdict;

/**
 * Compares classes with the class files at the places that they name. Each place is opened once for
 * all classes. For an agent thread.
 */
public final class NamedPlaces implements NamedSources.Places {
  public NamedPlaces() {}

  @Override
  public List<Verdict> compare(List<Named> named) {
    Map<String, Set<String>> names = new HashMap<>();
    for (Named type : named) {
      names.computeIfAbsent(type.codeSource(), place -> new HashSet<>()).add(fileName(type));
    }
    ClassFiles files = new ClassFiles();
    Map<String, Map<String, ClassFiles.Lookup>> found = new HashMap<>();
    for (Map.Entry<String, Set<String>> entry : names.entrySet()) {
      ClassPlace place = ClassPlace.of(entry.getKey());
      if (place != null) {
        found.put(
            entry.getKey(),
            Files.exists(place.outer())
                ? files.find(place, entry.getValue())
                : allAbsent(entry.getValue()));
      }
    }
    List<Verdict> verdicts = new ArrayList<>(named.size());
    for (Named type : named) {
      Map<String, ClassFiles.Lookup> place = found.get(type.codeSource());
      verdicts.add(verdict(type, place == null ? null : place.get(fileName(type))));
    }
    return verdicts;
  }

  private static Verdict verdict(Named type, ClassFiles.@Nullable Lookup lookup) {
    if (lookup == null) {
      return isForeignImage(type) ? Verdict.ABSENT : Verdict.UNKNOWN;
    }
    byte[] fromFile = lookup.bytes();
    return switch (lookup.outcome()) {
      case ABSENT -> Verdict.ABSENT;
      case UNREADABLE -> Verdict.UNKNOWN;
      case FOUND ->
          fromFile == null
              ? Verdict.UNKNOWN
              : Arrays.equals(fromFile, type.bytes()) ? Verdict.SAME : Verdict.DIFFERENT;
    };
  }

  private static Map<String, ClassFiles.Lookup> allAbsent(Set<String> names) {
    Map<String, ClassFiles.Lookup> absent = new HashMap<>();
    for (String name : names) {
      absent.put(name, ClassFiles.Lookup.ABSENT);
    }
    return absent;
  }

  /** Only class loaders of the JDK read the JDK's image. */
  private static boolean isForeignImage(Named type) {
    ClassLoader loader = type.loader().get();
    return type.codeSource().startsWith("jrt:")
        && loader != null
        && loader.getClass().getClassLoader() != null;
  }

  private static String fileName(Named type) {
    return type.className().replace('.', '/') + ".class";
  }
}
