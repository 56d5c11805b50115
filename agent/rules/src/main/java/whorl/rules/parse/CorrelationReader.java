package whorl.rules.parse;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.rules.correlate.CorrelationSpec;
import whorl.rules.correlate.CorrelationSpec.Kind;
import whorl.rules.correlate.CountCondition;
import whorl.rules.match.RuleHead;
import whorl.rules.match.RuleRefused;

/** Reads the {@code correlation} of a Sigma correlation rule. */
final class CorrelationReader {
  /** Maximum number of rules, fields or aliases of one correlation. */
  static final int MAX_NAMES = 16;

  private static final Set<String> KEYS =
      Set.of("type", "rules", "timespan", "group-by", "condition", "aliases", "generate");
  private static final Pattern TIMESPAN = Pattern.compile("([0-9]{1,7})([smhd])");
  private static final long MAX_TIMESPAN_SECONDS = 24 * 60 * 60;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private CorrelationReader() {}

  /**
   * @param rule the whole document; {@code generate} may be inside or outside {@code correlation}
   */
  static CorrelationSpec read(RuleHead head, Map<?, ?> rule) throws RuleRefused {
    if (!(rule.get("correlation") instanceof Map<?, ?> map)) {
      throw new RuleRefused("correlation is not a map");
    }
    for (Object key : map.keySet()) {
      if (!KEYS.contains(String.valueOf(key))) {
        throw new RuleRefused("correlation." + key + " is not supported");
      }
    }
    if (rule.containsKey("logsource") || rule.containsKey("detection")) {
      throw new RuleRefused(
          "a correlation has no logsource and no detection of its own; name rules in"
              + " correlation.rules");
    }
    Kind kind = kind(map.get("type"));
    List<String> references = texts("rules", map.get("rules"));
    if (references.isEmpty()) {
      throw new RuleRefused("correlation.rules is missing");
    }
    if (!kind.counts() && references.size() < 2) {
      throw new RuleRefused("correlation.rules: " + kind.word() + " wants two rules or more");
    }
    Map<String, Map<String, String>> aliases = aliases(map.get("aliases"), references);
    return new CorrelationSpec(
        head,
        kind,
        references,
        timespan(map.get("timespan")),
        texts("group-by", map.get("group-by")),
        aliases,
        count(kind, map.get("condition")),
        countedFields(kind, map.get("condition")),
        generate(map.containsKey("generate") ? map.get("generate") : rule.get("generate")));
  }

  private static Kind kind(@Nullable Object word) throws RuleRefused {
    for (Kind kind : Kind.values()) {
      if (kind.word().equals(word)) {
        return kind;
      }
    }
    throw new RuleRefused(
        "correlation.type is "
            + RuleRefused.quoted(word)
            + ", not one of event_count, value_count, temporal, temporal_ordered");
  }

  private static long timespan(@Nullable Object value) throws RuleRefused {
    Matcher matcher = TIMESPAN.matcher(value instanceof String text ? text : "");
    if (!matcher.matches()) {
      throw new RuleRefused(
          "correlation.timespan is not a number with s, m, h or d: " + RuleRefused.quoted(value));
    }
    long seconds =
        Long.parseLong(matcher.group(1))
            * switch (matcher.group(2)) {
              case "s" -> 1;
              case "m" -> 60;
              case "h" -> 60 * 60;
              default -> 24 * 60 * 60;
            };
    if (seconds < 1 || seconds > MAX_TIMESPAN_SECONDS) {
      throw new RuleRefused(
          "correlation.timespan is not from 1s to 1d: " + RuleRefused.quoted(value));
    }
    return seconds * NANOS_PER_SECOND;
  }

  private static @Nullable CountCondition count(Kind kind, @Nullable Object value)
      throws RuleRefused {
    if (!kind.counts()) {
      if (value != null) {
        throw new RuleRefused(
            "correlation.condition is for event_count and value_count, not for " + kind.word());
      }
      return null;
    }
    if (!(value instanceof Map<?, ?> map)) {
      throw new RuleRefused("correlation.condition is missing or not a map");
    }
    return CountCondition.of(map);
  }

  private static List<String> countedFields(Kind kind, @Nullable Object condition)
      throws RuleRefused {
    Object field = condition instanceof Map<?, ?> map ? map.get("field") : null;
    if (kind != Kind.VALUE_COUNT) {
      if (field != null) {
        throw new RuleRefused("correlation.condition.field is for value_count");
      }
      return List.of();
    }
    List<String> fields = texts("condition.field", field);
    if (fields.isEmpty()) {
      throw new RuleRefused("correlation.condition.field is missing: whose values are counted?");
    }
    return fields;
  }

  private static Map<String, Map<String, String>> aliases(
      @Nullable Object value, List<String> references) throws RuleRefused {
    if (value == null) {
      return Map.of();
    }
    if (!(value instanceof Map<?, ?> map) || map.size() > MAX_NAMES) {
      throw new RuleRefused("correlation.aliases is not a map of at most " + MAX_NAMES);
    }
    Map<String, Map<String, String>> aliases = new LinkedHashMap<>();
    for (Map.Entry<?, ?> alias : map.entrySet()) {
      String name = String.valueOf(alias.getKey());
      if (!(alias.getValue() instanceof Map<?, ?> byRule)) {
        throw new RuleRefused("correlation.aliases." + name + " is not a map of rules to fields");
      }
      Map<String, String> fields = new LinkedHashMap<>();
      for (Map.Entry<?, ?> entry : byRule.entrySet()) {
        String rule = String.valueOf(entry.getKey());
        if (!references.contains(rule)) {
          throw new RuleRefused(
              "correlation.aliases."
                  + name
                  + ": "
                  + RuleRefused.quoted(rule)
                  + " is not among correlation.rules");
        }
        if (!(entry.getValue() instanceof String field)) {
          throw new RuleRefused(
              "correlation.aliases."
                  + name
                  + " is not a map of rules to fields: "
                  + RuleRefused.quoted(entry.getValue()));
        }
        fields.put(rule, field);
      }
      aliases.put(name, fields);
    }
    return aliases;
  }

  private static boolean generate(@Nullable Object value) throws RuleRefused {
    if (value == null) {
      return false;
    }
    if (!(value instanceof Boolean generate)) {
      throw new RuleRefused("generate is not true or false: " + RuleRefused.quoted(value));
    }
    return generate;
  }

  /** Reads a list of texts or a single text; rejects duplicates. */
  private static List<String> texts(String key, @Nullable Object value) throws RuleRefused {
    List<?> list =
        value == null ? List.of() : value instanceof List<?> several ? several : List.of(value);
    Set<String> texts = new LinkedHashSet<>();
    for (Object element : list) {
      if (!(element instanceof String text) || text.isBlank() || !texts.add(text)) {
        throw new RuleRefused(
            "correlation." + key + ": not a text, or there twice: " + RuleRefused.quoted(element));
      }
    }
    if (texts.size() > MAX_NAMES) {
      throw new RuleRefused("correlation." + key + " has more than " + MAX_NAMES + " entries");
    }
    return new ArrayList<>(texts);
  }
}
