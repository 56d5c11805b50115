package whorl.rules.parse;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.schema.CoreSchema;
import whorl.evidence.Level;
import whorl.rules.correlate.CorrelationSpec;
import whorl.rules.logsource.EventSource;
import whorl.rules.logsource.EventSources;
import whorl.rules.match.Logic;
import whorl.rules.match.Matcher;
import whorl.rules.match.Rule;
import whorl.rules.match.RuleHead;
import whorl.rules.match.RuleRefused;

/**
 * Reads Sigma YAML, one rule a document. A refused rule becomes one line for {@code problems}; the
 * others load. Keys that Sigma does not define are ignored, as it allows.
 */
public final class RuleReader {
  /** Maximum number of characters of one file. */
  public static final int MAX_CHARS = 1 << 20;

  private static final String TOO_DEEP = "lists or maps are nested too deeply";
  private static final int MAX_TITLE_CHARS = 256;
  private static final int MAX_DESCRIPTION_CHARS = 65_535;
  private static final int MAX_TAGS = 64;
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final Pattern TAG = Pattern.compile("[a-z0-9_-]{1,64}\\.[a-z0-9._-]{1,128}");

  private final RuleTarget rules;
  private final Consumer<String> problems;
  private final Refusals refusals;

  public RuleReader(RuleTarget rules, Consumer<String> problems) {
    this(
        rules,
        problems,
        (name, document, why) ->
            problems.accept(name + ": rule " + title(document) + ": " + why.getMessage()));
  }

  /**
   * @param problems for files that cannot be read
   * @param refusals for rules without effect
   */
  public RuleReader(RuleTarget rules, Consumer<String> problems, Refusals refusals) {
    this.rules = rules;
    this.problems = problems;
    this.refusals = refusals;
  }

  /** Receives the rules that were refused. */
  @FunctionalInterface
  public interface Refusals {
    /**
     * @param name of the file
     * @param document as it was parsed
     */
    void refused(String name, Object document, RuleRefused why);
  }

  /** Receives the rules that were read. */
  public interface RuleTarget {
    /**
     * Called before a document becomes a rule or is refused.
     *
     * @param document as it was parsed
     */
    default void reading(Object document) {}

    void add(Rule rule) throws RuleRefused;

    void add(CorrelationSpec correlation) throws RuleRefused;
  }

  /**
   * @param name of the file, for problems
   */
  public void read(String yaml, String name) {
    try {
      read(parse(yaml, name), name, RuleSize.of(yaml));
    } catch (YamlEngineException e) {
      problems.accept(name + ": not YAML that can be read: " + oneLine(e.getMessage()));
    }
  }

  /** As above, for the agent's own rules, which are parsed already. */
  public void read(List<?> documents, String name) {
    read(documents, name, RuleSize.unlimited());
  }

  private void read(List<?> documents, String name, RuleSize size) {
    for (Object document : documents) {
      if (document != null) {
        document(document, name, size);
      }
    }
  }

  /**
   * The documents of a file; null for empty ones.
   *
   * @throws YamlEngineException if it cannot be parsed
   */
  public static List<@Nullable Object> parse(String yaml, String name) {
    LoadSettings settings =
        LoadSettings.builder()
            .setLabel(name)
            .setSchema(new CoreSchema())
            .setCodePointLimit(MAX_CHARS)
            .setMaxAliasesForCollections(20)
            .build();
    List<@Nullable Object> documents = new ArrayList<>();
    try {
      new Load(settings).loadAllFromString(yaml).forEach(documents::add);
    } catch (IllegalArgumentException e) {
      // a tag that the parser accepts but cannot construct, such as !%0a
      throw new YamlEngineException(e);
    } catch (StackOverflowError e) {
      throw new YamlEngineException(TOO_DEEP);
    }
    return documents;
  }

  private void document(Object document, String name, RuleSize size) {
    rules.reading(document);
    try {
      add(document, size);
    } catch (RuleRefused e) {
      refusals.refused(name, document, e);
    } catch (StackOverflowError e) {
      refusals.refused(name, document, new RuleRefused(TOO_DEEP));
    }
  }

  /** The title of a parsed rule, in quotes. */
  public static String title(Object document) {
    Object title = document instanceof Map<?, ?> map ? map.get("title") : null;
    return RuleRefused.quoted(title == null ? "without title" : title);
  }

  private void add(Object document, RuleSize size) throws RuleRefused {
    if (!(document instanceof Map<?, ?> map)) {
      throw new RuleRefused("not a map, but " + RuleRefused.quoted(document));
    }
    refuseOtherKinds(map);
    if (map.containsKey("correlation")) {
      rules.add(CorrelationReader.read(head(map), map));
    } else {
      rules.add(rule(map, size));
    }
  }

  private static Rule rule(Map<?, ?> map, RuleSize size) throws RuleRefused {
    RuleHead head = head(map);
    EventSource source = EventSources.of(map.get("logsource"));
    if (!(map.get("detection") instanceof Map<?, ?> detection)) {
      throw new RuleRefused("detection is missing or not a map");
    }
    LongAdder givenUp = new LongAdder();
    FieldCondition fields = new FieldCondition(source.fields(), givenUp, size);
    Detection.Compiled compiled = Detection.compile(detection, fields, size);
    Matcher matcher = compiled.matcher();
    if (source.isOwn()) {
      if (MappedDetection.isNever(source, matcher)) {
        throw new RuleRefused("it can never match: no event has all that its condition asks for");
      }
      return new Rule(head, source.fields(), matcher, givenUp, Set.of(), compiled.unused());
    }
    Matcher meant = new MappedDetection(source, fields).meant(matcher, givenUp);
    return new Rule(
        head, source.fields(), meant, givenUp, Logic.unknownFields(matcher), compiled.unused());
  }

  private static RuleHead head(Map<?, ?> map) throws RuleRefused {
    String title = required(map, "title", MAX_TITLE_CHARS);
    return new RuleHead(
        id(map, title),
        text(map, "name", MAX_TITLE_CHARS),
        title,
        level(map),
        text(map, "description", MAX_DESCRIPTION_CHARS),
        tags(map.get("tags")));
  }

  private static void refuseOtherKinds(Map<?, ?> map) throws RuleRefused {
    if (map.containsKey("filter")) {
      throw new RuleRefused(
          "Sigma filters are not supported; write the exception into a copy of the rule");
    }
    if (map.containsKey("action")) {
      throw new RuleRefused("rule collections by 'action' (Sigma 1) are not supported");
    }
    if ("unsupported".equals(map.get("status"))) {
      throw new RuleRefused("its own status says 'unsupported'");
    }
  }

  private static String id(Map<?, ?> map, String title) throws RuleRefused {
    String id = text(map, "id", MAX_TITLE_CHARS);
    if (id == null) {
      return UUID.nameUUIDFromBytes(title.getBytes(StandardCharsets.UTF_8)).toString();
    }
    if (!ID.matcher(id).matches()) {
      throw new RuleRefused("id is not a UUID: " + RuleRefused.quoted(id));
    }
    return id;
  }

  private static Level level(Map<?, ?> map) throws RuleRefused {
    String word = text(map, "level", MAX_TITLE_CHARS);
    try {
      return word == null ? Level.MEDIUM : Level.of(word);
    } catch (IllegalArgumentException e) {
      throw new RuleRefused("level: " + e.getMessage());
    }
  }

  private static List<String> tags(@Nullable Object value) throws RuleRefused {
    if (value == null) {
      return List.of();
    }
    if (!(value instanceof List<?> list) || list.size() > MAX_TAGS) {
      throw new RuleRefused("tags is not a list of at most " + MAX_TAGS);
    }
    List<String> tags = new ArrayList<>();
    for (Object tag : list) {
      if (!(tag instanceof String text) || !TAG.matcher(text).matches()) {
        throw new RuleRefused(
            "not a tag such as attack.t1059, in lower case: " + RuleRefused.quoted(tag));
      }
      tags.add(text);
    }
    return tags;
  }

  private static String required(Map<?, ?> map, String key, int maxChars) throws RuleRefused {
    String text = text(map, key, maxChars);
    if (text == null || text.isBlank()) {
      throw new RuleRefused(key + " is missing");
    }
    return text;
  }

  private static @Nullable String text(Map<?, ?> map, String key, int maxChars) throws RuleRefused {
    Object value = map.get(key);
    if (value == null) {
      return null;
    }
    if (!(value instanceof String text) || text.length() > maxChars) {
      throw new RuleRefused(
          key
              + " is not a text of at most "
              + maxChars
              + " characters: "
              + RuleRefused.quoted(value));
    }
    return text;
  }

  private static String oneLine(@Nullable String message) {
    return message == null ? "no reason given" : message.strip().replaceAll("\\s*\\R\\s*", " · ");
  }
}
