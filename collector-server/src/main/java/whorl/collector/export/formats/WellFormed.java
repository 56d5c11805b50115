package whorl.collector.export.formats;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes text valid for every reader. Data sent to an application may contain lone surrogates, which
 * cannot be encoded in UTF-8; readers refuse such text, or the whole file.
 */
public final class WellFormed {
  private static final char REPLACEMENT = '\uFFFD';

  private WellFormed() {}

  /** The same text with each lone surrogate replaced. */
  public static String text(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        if (Character.isHighSurrogate(c)
            && i + 1 < text.length()
            && Character.isLowSurrogate(text.charAt(i + 1))) {
          i++;
        } else {
          return replaceSurrogates(text);
        }
      }
    }
    return text;
  }

  /** The same values with all text well-formed. */
  public static Map<String, Object> values(Map<String, Object> values) {
    Map<String, Object> clean = new LinkedHashMap<>();
    values.forEach((name, value) -> clean.put(text(name), value(value)));
    return clean;
  }

  /** The same value with all text in it well-formed. */
  static Object value(Object value) {
    if (value instanceof String text) {
      return text(text);
    }
    if (value instanceof List<?> list) {
      List<Object> clean = new ArrayList<>(list.size());
      list.forEach(element -> clean.add(value(element)));
      return clean;
    }
    return value;
  }

  private static String replaceSurrogates(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              boolean isLoneSurrogate = c <= Character.MAX_VALUE && Character.isSurrogate((char) c);
              clean.appendCodePoint(isLoneSurrogate ? REPLACEMENT : c);
            });
    return clean.toString();
  }
}
