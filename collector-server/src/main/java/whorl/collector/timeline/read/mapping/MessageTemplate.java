package whorl.collector.timeline.read.mapping;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A message with placeholders: {@code opened {path} to {access}}. A part in brackets is left out if
 * one of its values is absent: {@code answered[ with {status}]}. With a plus before the field, it
 * is also left out if the number is zero: {@code [, and {+repeated} before it]}.
 */
public record MessageTemplate(List<Part> parts) {
  /** The limit of a value; a longer one is cut and marked. */
  static final int VALUE_MAX_CHARS = 300;

  /**
   * @param field whose value follows; null for text only
   * @param text before the value
   * @param optional the number of the bracketed group, which is left out as a whole if a value is
   *     absent; 0 outside brackets
   * @param positive true if zero counts as absent
   */
  record Part(String text, @Nullable String field, int optional, boolean positive) {}

  public static MessageTemplate of(String pattern) {
    List<Part> parts = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    int optional = 0;
    int groups = 0;
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c == '{') {
        int end = pattern.indexOf('}', i);
        boolean positive = pattern.charAt(i + 1) == '+';
        String field = pattern.substring(positive ? i + 2 : i + 1, end);
        parts.add(new Part(text.toString(), field, optional, positive));
        text.setLength(0);
        i = end;
      } else if (c == '[' || c == ']') {
        if (!text.isEmpty()) {
          parts.add(new Part(text.toString(), null, optional, false));
          text.setLength(0);
        }
        optional = c == '[' ? ++groups : 0;
      } else {
        text.append(c);
      }
    }
    if (!text.isEmpty()) {
      parts.add(new Part(text.toString(), null, 0, false));
    }
    return new MessageTemplate(List.copyOf(parts));
  }

  /** True if the message has this field. */
  public boolean names(String field) {
    return parts.stream().anyMatch(part -> field.equals(part.field()));
  }

  /** For each part, the index of its field in this list; -1 if it is not there. */
  public List<Integer> positions(List<String> fields) {
    return parts.stream()
        .map(part -> part.field() == null ? -1 : fields.indexOf(part.field()))
        .toList();
  }

  /** The message with these values, by field name; absent ones are null or empty. */
  public String with(Function<String, @Nullable String> values) {
    @Nullable String[] partValues = new String[parts.size()];
    for (int i = 0; i < partValues.length; i++) {
      String field = parts.get(i).field();
      partValues[i] = field == null ? null : values.apply(field);
    }
    return render(partValues);
  }

  /** The message with these values, one for each part; absent ones are null or empty. */
  public String render(@Nullable String[] partValues) {
    StringBuilder out = new StringBuilder(96);
    int group = 0;
    int groupStart = 0;
    boolean incomplete = false;
    for (int i = 0; i < partValues.length; i++) {
      Part part = parts.get(i);
      if (part.optional() != group) {
        if (incomplete) {
          out.setLength(groupStart);
        }
        group = part.optional();
        groupStart = out.length();
        incomplete = false;
      }
      out.append(part.text());
      if (part.field() != null) {
        String value = part.positive() && "0".equals(partValues[i]) ? null : partValues[i];
        incomplete |= !append(out, value, group != 0) && group != 0;
      }
    }
    if (incomplete) {
      out.setLength(groupStart);
    }
    return out.toString();
  }

  private static boolean append(StringBuilder out, @Nullable String value, boolean optional) {
    if (value == null || value.isEmpty()) {
      out.append(optional ? "" : "?");
      return false;
    }
    if (value.length() > VALUE_MAX_CHARS) {
      out.append(value, 0, VALUE_MAX_CHARS).append('…');
    } else {
      out.append(value);
    }
    return true;
  }
}
