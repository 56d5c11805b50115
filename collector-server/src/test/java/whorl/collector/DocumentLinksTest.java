package whorl.collector;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The targets of all links in the documents exist: files and headings. */
class DocumentLinksTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final int README_MAX_LINES = 200;
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern TYPE = Pattern.compile("`([A-Z][a-z]\\w+)`");
  private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} (.*)$");

  @Test
  void everyLink_hasATarget() throws IOException {
    List<String> broken = new ArrayList<>();
    int links = 0;
    for (Path document : documents()) {
      Matcher link = LINK.matcher(Files.readString(document));
      while (link.find()) {
        String target = link.group(1);
        if (!target.contains("://") && !target.startsWith("mailto:")) {
          links++;
          if (!isThere(document, target)) {
            broken.add(ROOT.relativize(document) + " → " + target);
          }
        }
      }
    }

    assertThat(broken).isEmpty();
    assertThat(links).isGreaterThan(50);
  }

  @Test
  void everyClassThatTheArchitectureNames_isThere() throws IOException {
    Set<String> classes;
    try (Stream<Path> files = Files.walk(ROOT)) {
      classes =
          files
              .filter(each -> each.toString().contains("/src/"))
              .map(each -> each.getFileName().toString())
              .filter(each -> each.endsWith(".java"))
              .map(each -> each.substring(0, each.length() - ".java".length()))
              .collect(Collectors.toSet());
    }
    List<String> named =
        TYPE.matcher(Files.readString(ROOT.resolve("ARCHITECTURE.md")))
            .results()
            .map(each -> each.group(1))
            .toList();

    assertThat(named).hasSizeGreaterThan(60).allMatch(classes::contains);
  }

  @Test
  void readme_isShort() throws IOException {
    assertThat(Files.readAllLines(ROOT.resolve("README.md"))).hasSizeLessThan(README_MAX_LINES);
  }

  @Test
  void everyDocument_isReachedFromTheReadme() throws IOException {
    String readme = Files.readString(ROOT.resolve("README.md"));
    try (Stream<Path> documents = Files.list(ROOT.resolve("docs"))) {
      assertThat(documents.filter(each -> each.toString().endsWith(".md")))
          .allSatisfy(each -> assertThat(readme).contains("(docs/" + each.getFileName() + ")"));
    }
  }

  private static List<Path> documents() throws IOException {
    List<Path> documents = new ArrayList<>();
    for (Path folder : List.of(ROOT, ROOT.resolve("docs"), ROOT.resolve("samples/kubernetes"))) {
      try (Stream<Path> files = Files.list(folder)) {
        files.filter(each -> each.toString().endsWith(".md")).forEach(documents::add);
      }
    }
    return documents;
  }

  private static boolean isThere(Path document, String target) throws IOException {
    String[] parts = target.split("#", 2);
    Path file = parts[0].isEmpty() ? document : document.resolveSibling(parts[0]).normalize();
    return Files.exists(file) && (parts.length == 1 || hasHeading(file, parts[1]));
  }

  private static boolean hasHeading(Path file, String anchor) throws IOException {
    return HEADING
        .matcher(Files.readString(file))
        .results()
        .anyMatch(heading -> anchor(heading.group(1)).equals(anchor));
  }

  /** The anchor that GitHub generates. */
  private static String anchor(String heading) {
    return heading
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^\\p{L}\\p{N} _-]", "")
        .strip()
        .replace(' ', '-');
  }
}
