package whorl.agent.event;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** How large the values of an event are at most. */
final class EventBounds {
  private static final int MAX_TEXT_CHARS = 8192;
  private static final int MAX_LIST = 32;
  private static final int MAX_LIST_CHARS = 16 << 10;

  private EventBounds() {}

  /** Cuts each value that is too large, in its place. */
  static void bound(@Nullable Object[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = bounded(values[i]);
    }
  }

  private static @Nullable Object bounded(@Nullable Object value) {
    // The classes come before the interface, which it takes longer to say no to.
    if (value instanceof String text) {
      return shortened(text);
    }
    if (value instanceof Boolean || value instanceof Number) {
      return value;
    }
    return value instanceof List<?> list ? bounded(list) : value;
  }

  /** No more elements than are allowed, and no more of their characters. */
  private static List<?> bounded(List<?> list) {
    int left = MAX_LIST_CHARS;
    int count = Math.min(MAX_LIST, list.size());
    boolean cut = count < list.size();
    Object[] elements = new Object[count];
    for (int i = 0; i < count; i++) {
      Object element = list.get(i);
      if (element instanceof String text) {
        String kept = shortened(text, Math.min(left, MAX_TEXT_CHARS));
        left = Math.max(0, left - kept.length());
        cut |= kept.length() != text.length();
        element = kept;
      }
      elements[i] = element;
    }
    return cut ? List.of(elements) : list;
  }

  /** Of a text, what is kept. */
  static String shortened(String text) {
    return shortened(text, MAX_TEXT_CHARS);
  }

  private static String shortened(String text, int max) {
    return text.length() > max ? text.substring(0, max) + "…" : text;
  }
}
