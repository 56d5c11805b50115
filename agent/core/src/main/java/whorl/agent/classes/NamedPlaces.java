package whorl.agent.classes;

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
        found.put(entry.getKey(), new ClassFiles().look(place, entry.getValue()));
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
      return Verdict.UNKNOWN;
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

  private static String fileName(Named one) {
    return one.className().replace('.', '/') + ".class";
  }
}
