package whorl.rules.match;

import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Refuses a rule; the message says what is not supported or invalid. */
public final class RuleRefused extends Exception {
  private static final long serialVersionUID = 1L;
  private static final int QUOTED_MAX_CHARS = 80;
  private static final int QUOTED_MAX_DEPTH = 8;

  public RuleRefused(String message) {
    super(message);
  }

  /**
   * {@code value} in quotes for a message: one line of at most 80 characters. Reads no more of a
   * list or map, since YAML aliases can make one endless, or very long in a few lines.
   */
  public static String quoted(@Nullable Object value) {
    StringBuilder whole = new StringBuilder();
    describe(value, whole, 0);
    int length = Math.min(whole.length(), QUOTED_MAX_CHARS);
    StringBuilder quoted = new StringBuilder(length + 3).append('\'');
    for (int i = 0; i < length; i++) {
      char c = whole.charAt(i);
      quoted.append(Character.isISOControl(c) ? '\uFFFD' : c);
    }
    return quoted.append(length < whole.length() ? "…'" : "'").toString();
  }

  private static void describe(@Nullable Object value, StringBuilder into, int depth) {
    if (into.length() > QUOTED_MAX_CHARS) {
      return;
    }
    if (depth > QUOTED_MAX_DEPTH && (value instanceof Map || value instanceof Collection)) {
      into.append('…');
    } else if (value instanceof Map<?, ?> map) {
      String before = "{";
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        describe(entry.getKey(), into.append(before), depth + 1);
        describe(entry.getValue(), into.append('='), depth + 1);
        before = ", ";
        if (into.length() > QUOTED_MAX_CHARS) {
          return;
        }
      }
      into.append(map.isEmpty() ? "{}" : "}");
    } else if (value instanceof Collection<?> list) {
      String before = "[";
      for (Object element : list) {
        describe(element, into.append(before), depth + 1);
        before = ", ";
        if (into.length() > QUOTED_MAX_CHARS) {
          return;
        }
      }
      into.append(list.isEmpty() ? "[]" : "]");
    } else {
      into.append(value);
    }
  }
}
