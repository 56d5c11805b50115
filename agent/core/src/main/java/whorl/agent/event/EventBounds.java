package whorl.agent.event;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Limits the size of an event's values. */
final class EventBounds {
  private static final int MAX_TEXT_CHARS = 8192;
  private static final int END_PART = 4;
  private static final int MAX_LIST = 32;
  private static final int MAX_LIST_CHARS = 16 << 10;

  private EventBounds() {}

  /** Cuts each value that is too large, in place. */
  static void bound(@Nullable Object[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = bounded(values[i]);
    }
  }

  private static @Nullable Object bounded(@Nullable Object value) {
    // Classes before the interface: an instanceof that fails is slower for an interface.
    if (value instanceof String text) {
      return shortened(text);
    }
    if (value instanceof Boolean || value instanceof Number) {
      return value;
    }
    return value instanceof List<?> list ? bounded(list) : value;
  }

  /** Limits the number of elements and their characters. */
  private static List<?> bounded(List<?> list) {
    int charsLeft = MAX_LIST_CHARS;
    int count = Math.min(MAX_LIST, list.size());
    boolean cut = count < list.size();
    Object[] elements = new Object[count];
    for (int i = 0; i < count; i++) {
      Object element = list.get(i);
      if (element instanceof String text) {
        String kept = shortened(text, Math.min(charsLeft, MAX_TEXT_CHARS));
        charsLeft = Math.max(0, charsLeft - kept.length());
        cut |= kept.length() != text.length();
        element = kept;
      }
      elements[i] = element;
    }
    return cut ? List.of(elements) : list;
  }

  /** The text, cut to the limit. */
  static String shortened(String text) {
    return shortened(text, MAX_TEXT_CHARS);
  }

  /** Keeps the beginning and the end: padding may stand before or after what matters. */
  private static String shortened(String text, int max) {
    if (text.length() <= max) {
      return text;
    }
    int end = max / END_PART;
    return text.substring(0, max - end) + "…" + text.substring(text.length() - end);
  }
}
