package whorl.collector.sigma;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Level;
import whorl.evidence.Text;

/**
 * One Sigma rule or correlation as it is written, whether or not an agent can load it. Everything
 * is bounded: somebody may have pushed anything.
 *
 * @param id its own, or the one that agents derive from its title
 * @param line of the text at which the document begins, from 1
 * @param text the document
 */
record RuleDocument(
    String id,
    String title,
    Level level,
    @Nullable String status,
    @Nullable String description,
    List<String> falsePositives,
    List<String> references,
    List<String> tags,
    @Nullable String author,
    boolean correlation,
    int line,
    String text) {
  private static final int TITLE_CHARS = 256;
  private static final int TEXT_CHARS = 4_000;
  private static final int LIST_MAX = 64;
  private static final String UNTITLED = "without title";

  RuleDocument {
    falsePositives = List.copyOf(falsePositives);
    references = List.copyOf(references);
    tags = List.copyOf(tags);
  }

  /** The rule of a parsed document. */
  static RuleDocument of(Map<?, ?> map, int line, String text) {
    String title = text(map, "title", TITLE_CHARS);
    String id = text(map, "id", TITLE_CHARS);
    return new RuleDocument(
        id == null ? derivedId(title == null ? UNTITLED : title) : id,
        title == null ? UNTITLED : title,
        level(text(map, "level", TITLE_CHARS)),
        text(map, "status", TITLE_CHARS),
        text(map, "description", TEXT_CHARS),
        texts(map.get("falsepositives")),
        texts(map.get("references")),
        texts(map.get("tags")),
        text(map, "author", TITLE_CHARS),
        map.containsKey("correlation"),
        line,
        text);
  }

  /** A document that is no YAML map. */
  static RuleDocument unreadable(int line, String text) {
    return new RuleDocument(
        derivedId(text),
        UNTITLED,
        Level.MEDIUM,
        null,
        null,
        List.of(),
        List.of(),
        List.of(),
        null,
        false,
        line,
        text);
  }

  /** The id that agents give a rule without one. */
  private static String derivedId(String title) {
    return UUID.nameUUIDFromBytes(title.getBytes(StandardCharsets.UTF_8)).toString();
  }

  private static Level level(@Nullable String word) {
    try {
      return word == null ? Level.MEDIUM : Level.of(word);
    } catch (IllegalArgumentException refused) {
      return Level.MEDIUM; // agents refuse the rule, and its problem says why
    }
  }

  private static @Nullable String text(Map<?, ?> map, String key, int max) {
    Object value = map.get(key);
    return value instanceof String text && !text.isBlank() ? Text.atMost(text.strip(), max) : null;
  }

  private static List<String> texts(@Nullable Object value) {
    List<?> list =
        value instanceof List<?> several ? several : value == null ? List.of() : List.of(value);
    List<String> texts = new ArrayList<>();
    for (Object each : list) {
      if (each instanceof String text && !text.isBlank() && texts.size() < LIST_MAX) {
        texts.add(Text.atMost(text.strip(), TITLE_CHARS));
      }
    }
    return texts;
  }
}
