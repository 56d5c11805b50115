package whorl.collector;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Names and texts are in plain English: words that have a plainer or more exact one are in no
 * identifier and in no text that a user sees.
 */
class PlainWordsTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  /** Each is a word of an identifier: {@code tellAll} and {@code TELL_ALL} have the first. */
  private static final Set<String> NOT_IN_NAMES =
      Set.of(
          ("tell tells told telling lest whoever had hence whence thereof"
                  + " wherefore bring brought said mend mends settle settles shelf"
                  + " tally story whereabouts upkeep")
              .split(" "));

  private static final Pattern NOT_IN_TEXTS =
      Pattern.compile(
          "\\b(tells?|told|telling|lest|whoever|whomever|whence|whereof|thereof|hereof|herein"
              + "|therein|wherefore|hitherto|of which|nobody known|brings? home|brought in"
              + "|(be|been|being) had)\\b",
          Pattern.CASE_INSENSITIVE);

  /** Names of messages and metrics, which stay. */
  private static final Set<String> WIRE_NAMES = Set.of("eventsTold", "events_told");

  /** Names and parts of texts that files of evidence hold already, and which stay. */
  private static final Set<String> STORED_TEXTS =
      Set.of(
          "\"telling\"",
          "nobody caught it, or somebody told of it",
          "made at run time by nobody known (",
          " could not be had, or not wholly: ",
          "cannot be had: ",
          "What it told last is",
          "Where the answer says that classes are to be had");

  /** Possessive, so that a long text needs no deep stack. */
  private static final Pattern LITERAL_OR_COMMENT =
      Pattern.compile(
          "\"\"\"(?:[^\\\\\"]|\\\\.|\"(?!\"\"))*+\"\"\""
              + "|\"(?:[^\"\\\\\\n]|\\\\.)*+\""
              + "|'(?:[^'\\\\\\n]|\\\\.)*+'"
              + "|//[^\\n]*+"
              + "|/\\*.*?\\*/",
          Pattern.DOTALL);

  private static final Pattern SCRIPT_COMMENT =
      Pattern.compile("(?m)^\\s*//[^\\n]*|/\\*.*?\\*/", Pattern.DOTALL);

  private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_$][\\w$]*");
  private static final Pattern WORD = Pattern.compile("[A-Z]+(?![a-z])|[A-Z]?[a-z]+");

  @Test
  void names_areOfPlainWords() throws IOException {
    List<String> found = new ArrayList<>();
    List<Path> sources = javaSources();
    for (Path source : sources) {
      String code = withoutLiteralsAndComments(Files.readString(source));
      addOddNames(source, code, found);
    }
    for (Path script : page()) {
      addOddNames(script, SCRIPT_COMMENT.matcher(Files.readString(script)).replaceAll(""), found);
    }

    assertThat(found).isEmpty();
    assertThat(sources).hasSizeGreaterThan(1_000);
  }

  @Test
  void texts_areOfPlainWords() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path source : javaSources()) {
      literals(Files.readString(source)).forEach(each -> addOddText(source, each, found));
    }
    for (Path document : texts()) {
      Files.readAllLines(document).forEach(each -> addOddText(document, each, found));
    }

    assertThat(found).isEmpty();
  }

  @Test
  void words_areFoundInNamesAndTexts() {
    List<String> found = new ArrayList<>();
    addOddNames(ROOT.resolve("A.java"), "int tellAll = BE_TOLD + bestellen + hadoop;", found);
    addOddText(ROOT.resolve("B.java"), "It could not be had, Whoever asked.", found);
    addOddText(ROOT.resolve("C.java"), "a teller, and what it had before", found);

    assertThat(found)
        .containsExactly(
            "A.java: tellAll",
            "A.java: BE_TOLD",
            "B.java: 'be had' in: It could not be had, Whoever asked.");
    assertThat(withoutLiteralsAndComments("a(\"told\"); // told\nb('\"'); /* told */ c"))
        .doesNotContain("told")
        .contains("a(", "b(", "c");
  }

  private static void addOddNames(Path file, String code, List<String> found) {
    IDENTIFIER
        .matcher(code)
        .results()
        .map(MatchResult::group)
        .distinct()
        .filter(each -> !WIRE_NAMES.contains(each))
        .filter(PlainWordsTest::hasOddWord)
        .forEach(each -> found.add(ROOT.relativize(file) + ": " + each));
  }

  private static boolean hasOddWord(String identifier) {
    return WORD.matcher(identifier)
        .results()
        .anyMatch(each -> NOT_IN_NAMES.contains(each.group().toLowerCase(Locale.ROOT)));
  }

  private static void addOddText(Path file, String text, List<String> found) {
    String checked = text;
    for (String stored : STORED_TEXTS) {
      checked = checked.replace(stored, "");
    }
    NOT_IN_TEXTS
        .matcher(checked)
        .results()
        .limit(1)
        .map(each -> ROOT.relativize(file) + ": '" + each.group() + "' in: " + text.strip())
        .forEach(found::add);
  }

  private static List<String> literals(String source) {
    return LITERAL_OR_COMMENT
        .matcher(source)
        .results()
        .map(MatchResult::group)
        .filter(each -> !each.startsWith("/"))
        .toList();
  }

  private static String withoutLiteralsAndComments(String source) {
    return LITERAL_OR_COMMENT.matcher(source).replaceAll(" ");
  }

  /** The product's sources; the samples are programs of others. */
  private static List<Path> javaSources() throws IOException {
    return Stream.concat(
            files(ROOT.resolve("agent")), files(ROOT.resolve("collector-server/src/main")))
        .filter(each -> each.toString().endsWith(".java"))
        .filter(each -> each.toString().contains("/src/main/java/"))
        .toList();
  }

  private static List<Path> page() throws IOException {
    return files(ROOT.resolve("collector-server/src/main/resources/page"))
        .filter(each -> each.toString().matches(".*\\.(js|html)"))
        .toList();
  }

  private static List<Path> texts() throws IOException {
    List<Path> texts = new ArrayList<>(page());
    texts.add(ROOT.resolve("collector-server/src/main/resources/openapi.yaml"));
    for (Path folder : List.of(ROOT, ROOT.resolve("docs"))) {
      try (Stream<Path> files = Files.list(folder)) {
        files.filter(each -> each.toString().endsWith(".md")).forEach(texts::add);
      }
    }
    return texts;
  }

  private static Stream<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(each -> !each.toString().contains("/target/"))
          .filter(Files::isRegularFile)
          .toList()
          .stream();
    }
  }
}
