package whorl.agent.hunt;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Cuts long texts: an application may make them arbitrarily long. */
final class Cut {
  private static final int TEXT_CHARS = 1_024;
  private static final int ELEMENTS = 20;

  private Cut() {}

  static String text(String text) {
    if (text.length() <= TEXT_CHARS) {
      return text;
    }
    int end = TEXT_CHARS - 1;
    return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end) + '…';
  }

  static @Nullable String nullable(@Nullable String text) {
    return text == null ? null : text(text);
  }

  /** Returns a value of an event, whose texts are cut. */
  static Object value(Object value) {
    if (value instanceof Number || value instanceof Boolean) {
      return value;
    }
    if (value instanceof List<?> list) {
      List<String> texts = new ArrayList<>();
      for (int i = 0; i < list.size() && i < ELEMENTS; i++) {
        texts.add(text(String.valueOf(list.get(i))));
      }
      return texts;
    }
    return text(value.toString());
  }

  /** Returns the innermost frames of a stack, as text. */
  static List<String> frames(List<StackTraceElement> stack) {
    List<String> frames = new ArrayList<>();
    for (int i = 0; i < stack.size() && i < ELEMENTS; i++) {
      frames.add(text(stack.get(i).toString()));
    }
    return frames;
  }
}
