package whorl.collector.timeline.read;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A sentence with places for values: {@code opened {path} to {access}}. A part in brackets is left
 * out when one of its values is absent: {@code answered[ with {status}]}.
 */
record Sentence(List<Part> parts) {
  private static final int VALUE_MAX_CHARS = 300;

  /**
   * @param field whose value stands here; null for the text alone
   * @param text before the value
   * @param optional left out with its neighbours of the same number when a value is absent; 0 for
   *     what stays
   */
  record Part(String text, @Nullable String field, int optional) {}

  static Sentence of(String pattern) {
    List<Part> parts = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    int optional = 0;
    int groups = 0;
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c == '{') {
        int end = pattern.indexOf('}', i);
        parts.add(new Part(text.toString(), pattern.substring(i + 1, end), optional));
        text.setLength(0);
        i = end;
      } else if (c == '[' || c == ']') {
        if (!text.isEmpty()) {
          parts.add(new Part(text.toString(), null, optional));
          text.setLength(0);
        }
        optional = c == '[' ? ++groups : 0;
      } else {
        text.append(c);
      }
    }
    if (!text.isEmpty()) {
      parts.add(new Part(text.toString(), null, 0));
    }
    return new Sentence(List.copyOf(parts));
  }

  /** The sentence with these values; absent ones are null or empty. */
  String with(Function<String, @Nullable String> values) {
    StringBuilder out = new StringBuilder(96);
    int group = 0;
    int groupStart = 0;
    boolean lacking = false;
    for (Part part : parts) {
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
        String value = values.apply(part.field());
        if (value == null || value.isEmpty()) {
          lacking |= group != 0;
          out.append(group != 0 ? "" : "?");
        } else if (value.length() > VALUE_MAX_CHARS) {
          out.append(value, 0, VALUE_MAX_CHARS).append('…');
        } else {
          out.append(value);
        }
      }
    }
    if (lacking) {
      out.setLength(groupStart);
    }
    return out.toString();
  }
}
