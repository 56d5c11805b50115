package whorl.agent.hook.versions;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.aether.util.version.GenericVersionScheme;
import org.eclipse.aether.version.InvalidVersionSpecificationException;
import org.eclipse.aether.version.Version;

/**
 * Of all versions of a library: the first that counts, and the oldest and newest of each minor line
 * from there on. Lines that live for years change inside.
 */
final class VersionLines {
  private static final Pattern LINE = Pattern.compile("(\\d+(?:\\.\\d+)?).*");
  private static final Pattern PREVIEW =
      Pattern.compile(
          "(?i).*([.-](alpha|beta|b|m|rc|cr|pr|ea|pre|preview|snap|snapshot)[-.]?\\d*|redhat|jbossorg).*");

  private VersionLines() {}

  static List<String> choose(Collection<String> versions, Library library)
      throws InvalidVersionSpecificationException {
    GenericVersionScheme scheme = new GenericVersionScheme();
    Version from = scheme.parseVersion(library.first());
    Version before = library.before().isEmpty() ? null : scheme.parseVersion(library.before());
    Map<String, Version> newest = new TreeMap<>();
    Map<String, Version> oldest = new TreeMap<>();
    TreeSet<Version> chosen = new TreeSet<>();
    for (String text : versions) {
      Version version = scheme.parseVersion(text);
      Matcher line = LINE.matcher(text);
      if (before != null && version.compareTo(before) >= 0) {
        continue;
      }
      if (version.compareTo(from) == 0) {
        chosen.add(version);
      }
      if (line.matches() && !PREVIEW.matcher(text).matches() && version.compareTo(from) >= 0) {
        oldest.merge(line.group(1), version, (a, b) -> a.compareTo(b) < 0 ? a : b);
        newest.merge(line.group(1), version, (a, b) -> a.compareTo(b) > 0 ? a : b);
      }
    }
    chosen.addAll(oldest.values());
    chosen.addAll(newest.values());
    return chosen.stream().map(Version::toString).toList();
  }
}
