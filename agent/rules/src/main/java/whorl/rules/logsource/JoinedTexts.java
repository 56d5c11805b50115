package whorl.rules.logsource;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.event.EventType;
import whorl.rules.match.Field;
import whorl.rules.match.Fields;
import whorl.rules.match.RequiredTexts;

/**
 * What a request needs for a text to occur in its method, path and query joined as {@code METHOD
 * PATH?QUERY}. The text lies within one of them, or across a separator: then what is before and
 * after the separator lies within one each.
 */
final class JoinedTexts {
  /** Shorter texts are in too many requests to select any. */
  private static final int CHARS_MIN = 4;

  private static final Field METHOD = Fields.own(EventType.HTTP_REQUEST, "method");
  private static final Field PATH = Fields.own(EventType.HTTP_REQUEST, "path");
  private static final Field QUERY = Fields.own(EventType.HTTP_REQUEST, "query");

  private final List<RequiredTexts.Need> needs = new ArrayList<>();

  private JoinedTexts() {}

  /**
   * @param withMethod false for texts in the path and query only
   * @return null if one of the texts is too short
   */
  static @Nullable RequiredTexts required(List<String> texts, boolean withMethod) {
    JoinedTexts joined = new JoinedTexts();
    for (String text : texts) {
      boolean added =
          text.indexOf('?') >= 0
              ? joined.addLongestRun(text)
              : text.length() >= CHARS_MIN && joined.add(text, withMethod);
      if (!added) {
        return null;
      }
    }
    return joined.needs.isEmpty() ? null : new RequiredTexts(joined.needs);
  }

  /** Adds a text without {@code ?}; false if it may lie across a blank and is too short there. */
  private boolean add(String text, boolean withMethod) {
    addAll(text);
    for (int i = withMethod ? text.indexOf(' ') : -1; i >= 0; i = text.indexOf(' ', i + 1)) {
      if (i >= CHARS_MIN) {
        needs.add(new RequiredTexts.Need(METHOD, text.substring(0, i)));
      } else if (text.length() - i - 1 >= CHARS_MIN) {
        needs.add(new RequiredTexts.Need(PATH, text.substring(i + 1)));
      } else {
        return false;
      }
    }
    return true;
  }

  /** Adds a part of the text that has no separator, so that it lies within one field. */
  private boolean addLongestRun(String text) {
    String longest = "";
    int from = 0;
    for (int i = 0; i <= text.length(); i++) {
      if (i == text.length() || text.charAt(i) == '?' || text.charAt(i) == ' ') {
        longest = i - from > longest.length() ? text.substring(from, i) : longest;
        from = i + 1;
      }
    }
    if (longest.length() < CHARS_MIN) {
      return false;
    }
    addAll(longest);
    return true;
  }

  private void addAll(String text) {
    for (Field field : List.of(METHOD, PATH, QUERY)) {
      needs.add(new RequiredTexts.Need(field, text));
    }
  }
}
