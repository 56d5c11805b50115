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
 * Compares classes with the class files at the places that they name, each place opened once for
 * all. For an agent thread.
 */
public final class NamedPlaces implements NamedSources.Places {
  public NamedPlaces() {}

  @Override
  public List<Verdict> compare(List<Named> named) {
    Map<String, Set<String>> names = new HashMap<>();
    for (Named one : named) {
      names.computeIfAbsent(one.codeSource(), place -> new HashSet<>()).add(fileName(one));
    }
    Map<String, Map<String, ClassFiles.Looked>> found = new HashMap<>();
    for (Map.Entry<String, Set<String>> entry : names.entrySet()) {
      ClassPlace place = ClassPlace.of(entry.getKey());
      if (place != null) {
        found.put(
            entry.getKey(),
            Files.exists(place.outer())
                ? new ClassFiles().look(place, entry.getValue())
                : allAbsent(entry.getValue()));
      }
    }
    List<Verdict> verdicts = new ArrayList<>(named.size());
    for (Named one : named) {
      Map<String, ClassFiles.Looked> place = found.get(one.codeSource());
      verdicts.add(verdict(one, place == null ? null : place.get(fileName(one))));
    }
    return verdicts;
  }

  private static Verdict verdict(Named one, ClassFiles.@Nullable Looked looked) {
    if (looked == null) {
      return isForeignImage(one) ? Verdict.ABSENT : Verdict.UNKNOWN;
    }
    byte[] filed = looked.bytes();
    return switch (looked.outcome()) {
      case ABSENT -> Verdict.ABSENT;
      case UNREADABLE -> Verdict.UNKNOWN;
      case FOUND ->
          filed == null
              ? Verdict.UNKNOWN
              : Arrays.equals(filed, one.bytes()) ? Verdict.SAME : Verdict.DIFFERENT;
    };
  }

  private static Map<String, ClassFiles.Looked> allAbsent(Set<String> names) {
    Map<String, ClassFiles.Looked> absent = new HashMap<>();
    for (String name : names) {
      absent.put(name, ClassFiles.Looked.ABSENT);
    }
    return absent;
  }

  /** The JDK's image is read by class loaders of the JDK only. */
  private static boolean isForeignImage(Named one) {
    ClassLoader loader = one.loader().get();
    return one.codeSource().startsWith("jrt:")
        && loader != null
        && loader.getClass().getClassLoader() != null;
  }

  private static String fileName(Named one) {
    return one.className().replace('.', '/') + ".class";
  }
}
