package whorl.collector.timeline.read;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A sentence with places for values: {@code opened {path} to {access}}. A part in brackets is left
 * out when one of its values is absent: {@code answered[ with {status}]}; and so is one whose
 * number is zero, where a plus stands before the field: {@code [, and {+repeated} before it]}.
 */
record MessageTemplate(List<Part> parts) {
  /** A longer value is cut here, with a mark. */
  static final int VALUE_MAX_CHARS = 300;

  /**
   * @param field whose value stands here; null for the text alone
   * @param text before the value
   * @param optional left out with its neighbours of the same number when a value is absent; 0 for
   *     what stays
   * @param positive whether zero is as good as absent
   */
  record Part(String text, @Nullable String field, int optional, boolean positive) {}

  static MessageTemplate of(String pattern) {
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

  /** Whether a field's value stands in it. */
  boolean names(String field) {
    return parts.stream().anyMatch(part -> field.equals(part.field()));
  }

  /** For each part the position of its field among these; -1 where it is none of them. */
  List<Integer> positions(List<String> fields) {
    return parts.stream()
        .map(part -> part.field() == null ? -1 : fields.indexOf(part.field()))
        .toList();
  }

  /** The sentence with these values, by their names; absent ones are null or empty. */
  String with(Function<String, @Nullable String> values) {
    @Nullable String[] ofParts = new String[parts.size()];
    for (int i = 0; i < ofParts.length; i++) {
      String field = parts.get(i).field();
      ofParts[i] = field == null ? null : values.apply(field);
    }
    return told(ofParts);
  }

  /** The sentence with these values, one for each part; absent ones are null or empty. */
  String told(@Nullable String[] ofParts) {
    StringBuilder out = new StringBuilder(96);
    int group = 0;
    int groupStart = 0;
    boolean lacking = false;
    for (int i = 0; i < ofParts.length; i++) {
      Part part = parts.get(i);
      if (part.optional() != group) {
        if (lacking) {
          out.setLength(groupStart);
        }
        group = part.optional();
        groupStart = out.length();
        lacking = false;
      }
      out.append(part.text());
      if (part.field() != null) {
        String value = part.positive() && "0".equals(ofParts[i]) ? null : ofParts[i];
        lacking |= !append(out, value, group != 0) && group != 0;
      }
    }
    if (lacking) {
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
