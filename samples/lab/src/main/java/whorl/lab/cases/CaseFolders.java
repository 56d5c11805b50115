package whorl.lab.cases;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Finds the cases under {@code samples/lab/cases}. */
public final class CaseFolders {
  private static final ObjectMapper YAML = new YAMLMapper();

  private final Path folder;

  public CaseFolders(Path folder) {
    this.folder = folder;
  }

  /** All cases, attacks first, by name. */
  public List<LabCase> all() throws IOException {
    List<LabCase> cases = new ArrayList<>();
    for (CaseKind kind : CaseKind.values()) {
      try (Stream<Path> folders = Files.list(folder.resolve(kind.folder()))) {
        for (Path one : folders.filter(CaseFolders::hasDescriptor).sorted().toList()) {
          cases.add(new LabCase(kind, one.getFileName().toString(), one, descriptor(one)));
        }
      }
    }
    return cases;
  }

  /** The cases whose name, or kind and name, matches one of the globs; all when there are none. */
  public static List<LabCase> matching(List<LabCase> cases, List<String> globs) {
    if (globs.isEmpty()) {
      return cases;
    }
    List<PathMatcher> matchers =
        globs.stream()
            .map(glob -> FileSystems.getDefault().getPathMatcher("glob:" + glob))
            .toList();
    return cases.stream()
        .filter(one -> matchers.stream().anyMatch(matcher -> matches(matcher, one)))
        .toList();
  }

  private static boolean matches(PathMatcher matcher, LabCase one) {
    return matcher.matches(Path.of(one.name()))
        || matcher.matches(Path.of(one.kind().folder(), one.name()));
  }

  private static boolean hasDescriptor(Path folder) {
    return Files.isRegularFile(folder.resolve("case.yml"));
  }

  private static CaseDescriptor descriptor(Path folder) throws IOException {
    Path file = folder.resolve("case.yml");
    try {
      return YAML.readValue(file.toFile(), CaseDescriptor.class);
    } catch (IOException e) {
      throw new IOException(file + " is not a descriptor of a case: " + e.getMessage(), e);
    }
  }
}
