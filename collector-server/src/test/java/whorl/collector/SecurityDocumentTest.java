package whorl.collector;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What documents say that a test shows, a test shows: each that they name exists. */
class SecurityDocumentTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path THREATS = ROOT.resolve("SECURITY.md");

  /** A test in backticks: {@code ATest}, {@code AnIT}, {@code ATest#method}. */
  private static final Pattern NAMED = Pattern.compile("`([A-Z]\\w*(?:Test|IT))(?:#(\\w+))?`");

  private static final Set<String> LEFT = Set.of("target", ".git", "main", "node_modules");

  private final Map<String, List<Path>> sources = sources();

  @Test
  void everyTestThatADocumentNames_exists() throws IOException {
    Set<String> absent = new TreeSet<>();
    int named = 0;
    for (Path document : documents()) {
      Matcher test = NAMED.matcher(Files.readString(document));
      while (test.find()) {
        named++;
        if (!exists(test.group(1), test.group(2))) {
          absent.add(ROOT.relativize(document) + ": " + test.group());
        }
      }
    }

    assertThat(absent).as("tests that documents name and that do not exist").isEmpty();
    assertThat(named).isGreaterThan(100);
  }

  @Test
  void everyThreat_namesItsTests() throws IOException {
    List<String> rows = threats();

    assertThat(rows).hasSizeGreaterThan(20);
    assertThat(rows)
        .allSatisfy(row -> assertThat(NAMED.matcher(row).find()).as("a test in: " + row).isTrue());
  }

  /** The rows of the tables that have a column for tests. */
  private static List<String> threats() throws IOException {
    List<String> rows = new ArrayList<>();
    boolean within = false;
    for (String line : Files.readAllLines(THREATS)) {
      if (line.startsWith("|") && line.endsWith("| shown by |")) {
        within = true;
      } else if (!line.startsWith("|")) {
        within = false;
      } else if (within && !line.startsWith("|--")) {
        rows.add(line);
      }
    }
    return rows;
  }

  private boolean exists(String type, String method) throws IOException {
    for (Path source : sources.getOrDefault(type, List.of())) {
      if (method == null || isMethod(Files.readString(source), method)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isMethod(String source, String method) {
    return Pattern.compile("(?m)^  (?:public |protected )?(?:static )?void " + method + "\\(")
        .matcher(source)
        .find();
  }

  private static List<Path> documents() throws IOException {
    List<Path> documents = new ArrayList<>();
    for (Path folder : List.of(ROOT, ROOT.resolve("docs"))) {
      try (Stream<Path> files = Files.list(folder)) {
        files.filter(each -> each.toString().endsWith(".md")).forEach(documents::add);
      }
    }
    return documents;
  }

  /** The sources of tests by the names of their classes; samples and the two sides share names. */
  private static Map<String, List<Path>> sources() {
    Map<String, List<Path>> sources = new HashMap<>();
    try {
      Files.walkFileTree(
          ROOT,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
              // a clone's own folder may have any name, "main" too
              return !folder.equals(ROOT) && LEFT.contains(folder.getFileName().toString())
                  ? FileVisitResult.SKIP_SUBTREE
                  : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              String name = file.getFileName().toString();
              if (name.endsWith(".java")) {
                sources
                    .computeIfAbsent(
                        name.substring(0, name.length() - ".java".length()),
                        each -> new ArrayList<>())
                    .add(file);
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return sources;
  }
}
