package whorl.collector.export;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.Where;

/**
 * The {@code where} parameter: {@code column:op:value}, separated by semicolons. In a value, a
 * backslash escapes a semicolon or a backslash.
 */
final class WhereParameter {
  private static final String NAME = "where";
  private static final int MAX_CHARS = 4_000;
  private static final int MAX_CONDITIONS = 50;

  /** What journals and recordings call so. */
  private static final Map<String, String> ALIASES =
      Map.of(
          "request.id", Column.REQUEST_ID.columnName(),
          "requestId", Column.REQUEST_ID.columnName());

  private static final String COLUMNS =
      Arrays.stream(Column.values())
          .filter(column -> column != Column.STACK_TRACE && column.kind() != Column.Kind.TIME)
          .map(Column::columnName)
          .collect(Collectors.joining(", "));

  private WhereParameter() {}

  static List<Where> of(Parameters parameters) {
    String text = parameters.text(NAME, MAX_CHARS);
    if (text == null) {
      return List.of();
    }
    List<Where> conditions = parts(text).stream().map(WhereParameter::condition).toList();
    if (conditions.size() > MAX_CONDITIONS) {
      throw Parameters.badParameter(NAME, text, "at most " + MAX_CONDITIONS + " conditions");
    }
    return conditions;
  }

  private static List<String> parts(String text) {
    List<String> parts = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean escapes =
          c == '\\' && i + 1 < text.length() && ";\\".indexOf(text.charAt(i + 1)) >= 0;
      if (escapes) {
        part.append(text.charAt(++i));
      } else if (c == ';') {
        parts.add(part.toString());
        part.setLength(0);
      } else {
        part.append(c);
      }
    }
    parts.add(part.toString());
    return parts;
  }

  private static Where condition(String text) {
    String[] parts = text.split(":", 3);
    Column column = Column.of(ALIASES.getOrDefault(parts[0], parts[0]));
    Where.Op op = parts.length == 3 ? op(parts[1]) : null;
    if (column == null || column == Column.STACK_TRACE) {
      throw Parameters.badParameter(
          NAME, text, "column:op:value, where column is one of " + COLUMNS);
    }
    if (op == null) {
      throw Parameters.badParameter(
          NAME, text, "column:op:value, where op is eq, ne, contains, prefix, lt or gt");
    }
    try {
      return new Where(column, op, parts[2]);
    } catch (NumberFormatException e) {
      throw Parameters.badParameter(NAME, text, column.columnName() + " is compared with a number");
    } catch (IllegalArgumentException e) {
      throw Parameters.badParameter(NAME, text, String.valueOf(e.getMessage()));
    }
  }

  private static Where.@Nullable Op op(String word) {
    for (Where.Op op : Where.Op.values()) {
      if (op.word().equals(word.toLowerCase(Locale.ROOT))) {
        return op;
      }
    }
    return null;
  }
}
