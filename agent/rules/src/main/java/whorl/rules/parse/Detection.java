package whorl.rules.parse;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.rules.match.Logic;
import whorl.rules.match.Matcher;
import whorl.rules.match.RuleRefused;

/** Compiles a rule's {@code detection}: its named selections, and the condition over them. */
final class Detection {
  private final FieldCondition condition;

  /**
   * A compiled detection.
   *
   * @param unused the names of selections that no condition uses, in their order; those that begin
   *     with {@code _} are meant to be
   */
  record Compiled(Matcher matcher, Set<String> unused) {}

  /**
   * A compiled selection.
   *
   * @param values the number of values of its fields
   */
  record Selection(Matcher matcher, int values) {}

  private Detection(FieldCondition condition) {
    this.condition = condition;
  }

  /**
   * @param size counts what conditions mean
   */
  static Compiled compile(Map<?, ?> detection, FieldCondition condition, RuleSize size)
      throws RuleRefused {
    Map<String, Selection> selections = new LinkedHashMap<>();
    Detection reading = new Detection(condition);
    for (Map.Entry<?, ?> entry : detection.entrySet()) {
      String name = String.valueOf(entry.getKey());
      switch (name) {
        case "condition" -> {}
        case "timeframe" ->
            throw new RuleRefused(
                "detection.timeframe is not supported: events are seen one by one; count them with"
                    + " a correlation");
        default -> selections.put(name, reading.named(name, entry.getValue()));
      }
    }
    Set<String> used = new HashSet<>();
    Matcher matcher = conditions(detection.get("condition"), selections, used, size);
    Set<String> unused = new LinkedHashSet<>(selections.keySet());
    unused.removeIf(name -> name.startsWith("_") || used.contains(name));
    return new Compiled(matcher, unused);
  }

  /** Compiles a selection without a condition over it. */
  static Matcher compileSelection(Object selection, FieldCondition condition) throws RuleRefused {
    return new Detection(condition).selection(selection);
  }

  private static Matcher conditions(
      @Nullable Object value, Map<String, Selection> selections, Set<String> used, RuleSize size)
      throws RuleRefused {
    List<?> conditions =
        value instanceof List<?> list ? list : value == null ? List.of() : List.of(value);
    List<Matcher> parts = new ArrayList<>();
    for (Object text : conditions) {
      if (!(text instanceof String condition)) {
        throw new RuleRefused("detection.condition is not a text: " + RuleRefused.quoted(text));
      }
      size.add(condition.length());
      parts.add(ConditionParser.parse(condition, selections, used, size));
    }
    if (parts.isEmpty()) {
      throw new RuleRefused("detection.condition is missing");
    }
    return Logic.any(parts);
  }

  private Selection named(String name, @Nullable Object value) throws RuleRefused {
    int before = condition.values();
    try {
      return new Selection(selection(value), condition.values() - before);
    } catch (RuleRefused e) {
      throw new RuleRefused("detection." + name + ": " + e.getMessage());
    }
  }

  /** Compiles a map, a list of maps or keywords, or one keyword. */
  private Matcher selection(@Nullable Object value) throws RuleRefused {
    if (!(value instanceof List<?> list)) {
      return mapOrKeyword(value);
    }
    List<Matcher> parts = new ArrayList<>();
    for (Object element : list) {
      parts.add(mapOrKeyword(element));
    }
    if (parts.isEmpty()) {
      throw new RuleRefused("the list is empty");
    }
    return Logic.any(parts);
  }

  private Matcher mapOrKeyword(@Nullable Object value) throws RuleRefused {
    if (value instanceof Map<?, ?> map) {
      List<Matcher> parts = new ArrayList<>();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        parts.add(condition.compile(String.valueOf(entry.getKey()), entry.getValue()));
      }
      if (parts.isEmpty()) {
        throw new RuleRefused("the map is empty");
      }
      return Logic.all(parts);
    }
    if (value == null || value instanceof List<?>) {
      throw new RuleRefused("not a map, a list of maps, or keywords: " + RuleRefused.quoted(value));
    }
    return condition.keyword(value);
  }
}
