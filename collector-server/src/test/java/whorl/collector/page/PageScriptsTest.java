package whorl.collector.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The source text of the page: narrow enough to read, and nothing that nothing uses. */
class PageScriptsTest {
  private static final Path PAGE = Path.of("src/main/resources/page");
  private static final int MAX_COLUMNS = 100;

  private static final Pattern API_WORDS =
      Pattern.compile("\\b(?:GET|POST|PUT|PATCH|DELETE) /api|/api/v1/|\\bBearer\\b|Authorization");

  private static final Pattern IMPORT =
      Pattern.compile("^(?:import|export) [^;]*?from '([^']+)';", Pattern.MULTILINE);

  private static final Pattern IMPORTED_FROM_LIB =
      Pattern.compile("^import \\{([^}]*)\\} from '[./]*/lib\\.js';", Pattern.MULTILINE);

  private static final Pattern EXPORTED =
      Pattern.compile("^export \\{([^}]*)\\}", Pattern.MULTILINE);

  @Test
  void lines_fitInOneHundredColumns() throws IOException {
    List<String> tooLong = new ArrayList<>();
    for (Path file : files(".js", ".css", ".html")) {
      List<String> lines = Files.readAllLines(file);
      for (int i = 0; i < lines.size(); i++) {
        if (lines.get(i).codePointCount(0, lines.get(i).length()) > MAX_COLUMNS) {
          tooLong.add(PAGE.relativize(file) + ":" + (i + 1));
        }
      }
    }

    assertThat(tooLong).isEmpty();
  }

  /** Words for programs: what people do on the page has a name of its own. */
  @Test
  void onlyTheScriptsOfTheApi_nameItsRequests() throws IOException {
    List<String> named = new ArrayList<>();
    for (Path file : files(".js")) {
      String name = PAGE.relativize(file).toString();
      if (!name.startsWith("api") && API_WORDS.matcher(Files.readString(file)).find()) {
        named.add(name);
      }
    }

    assertThat(named).isEmpty();
  }

  @Test
  void everyLibraryFile_isUsed() throws IOException {
    String index = Files.readString(PAGE.resolve("index.html"));
    Set<String> used = imports();

    assertThat(PageFiles.LIBRARIES.keySet())
        .allMatch(each -> used.contains("/lib/" + each) || index.contains("\"/lib/" + each + "\""));
  }

  @Test
  void everythingThatLibExports_isImported() throws IOException {
    Set<String> imported = new HashSet<>();
    for (Path file : files(".js")) {
      imported.addAll(names(IMPORTED_FROM_LIB, Files.readString(file)));
    }

    assertThat(imported)
        .containsExactlyInAnyOrderElementsOf(
            names(EXPORTED, Files.readString(PAGE.resolve("lib.js"))));
  }

  @Test
  void everyScript_isImported() throws IOException {
    String index = Files.readString(PAGE.resolve("index.html"));
    Set<String> used = imports();

    assertThat(files(".js"))
        .extracting(each -> PAGE.relativize(each).toString())
        .hasSizeGreaterThan(40)
        .allMatch(each -> used.contains(each) || index.contains("\"/page/" + each + "\""));
  }

  /** Scripts as paths below the page's folder, libraries as the page requests them. */
  private static Set<String> imports() throws IOException {
    Set<String> imports = new HashSet<>();
    for (Path file : files(".js")) {
      IMPORT
          .matcher(Files.readString(file))
          .results()
          .map(each -> each.group(1))
          .map(each -> each.startsWith(".") ? below(file, each) : each)
          .forEach(imports::add);
    }
    return imports;
  }

  private static String below(Path importing, String imported) {
    return PAGE.relativize(importing.resolveSibling(imported).normalize()).toString();
  }

  private static Set<String> names(Pattern pattern, String script) {
    Set<String> names = new HashSet<>();
    for (MatchResult each : pattern.matcher(script).results().toList()) {
      for (String name : each.group(1).split(",")) {
        names.add(name.strip().replaceFirst("^default as ", ""));
      }
    }
    names.remove("");
    return names;
  }

  private static List<Path> files(String... suffixes) throws IOException {
    try (Stream<Path> files = Files.walk(PAGE)) {
      return files
          .filter(each -> Stream.of(suffixes).anyMatch(each.toString()::endsWith))
          .sorted()
          .toList();
    }
  }
}
