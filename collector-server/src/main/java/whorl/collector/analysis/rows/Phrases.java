package whorl.collector.analysis.rows;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Text;

/**
 * Formats texts of findings. Texts from evidence are cut, and control characters are replaced, so
 * that a terminal cannot execute them.
 */
public final class Phrases {
  private static final DateTimeFormatter DAY_AND_TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS 'UTC'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final int NAMED = 5;
  private static final int WORD_CHARS = 120;

  private Phrases() {}

  /** {@code 2026-11-25 09:35:33.234 UTC}. */
  public static String at(Instant time) {
    return DAY_AND_TIME.format(time);
  }

  /** {@code 09:35:33.234}, for use where the day is known. */
  public static String clock(Instant time) {
    return TIME.format(time);
  }

  /** Returns the text on one line, cut after 120 characters. */
  public static String cut(@Nullable String text) {
    return cut(text, WORD_CHARS);
  }

  /** Returns the text on one line, cut after this many characters. */
  public static String cut(@Nullable String text, int chars) {
    if (text == null) {
      return "";
    }
    StringBuilder clean = new StringBuilder(Math.min(text.length(), chars) + 1);
    int i = 0;
    while (i < text.length() && clean.length() < chars) {
      int point = text.codePointAt(i);
      i += Character.charCount(point);
      clean.appendCodePoint(printable(point) ? point : point == '\n' || point == '\t' ? ' ' : '?');
    }
    if (i < text.length()) {
      clean.append('…');
    }
    return clean.toString();
  }

  private static boolean printable(int point) {
    return Text.isHarmless(point) && Character.isDefined(point);
  }

  /** Returns {@code a, b and c}; only the first five are named. */
  public static String list(Collection<String> words) {
    List<String> few = words.stream().limit(NAMED).toList();
    if (few.isEmpty()) {
      return "nothing";
    }
    int more = words.size() - few.size();
    if (more > 0) {
      return String.join(", ", few) + " and " + more + " more";
    }
    return few.size() == 1
        ? few.get(0)
        : String.join(", ", few.subList(0, few.size() - 1)) + " and " + few.get(few.size() - 1);
  }

  /** {@code 1 file}, {@code 3 files}. */
  public static String count(long number, String singular) {
    return Text.counted(number, singular);
  }

  /** Returns the text with a capital first letter. */
  public static String sentence(String text) {
    return text.isEmpty() ? text : Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }

  /**
   * Returns the jar and class of an agent. Evidence of older agents has the class in the jar's
   * field.
   */
  public static String agent(RowView row) {
    String jar = cut(row.field("jar"));
    String className = cut(row.field("className"));
    return className.isEmpty() ? jar : jar.isEmpty() ? className : jar + ", class " + className;
  }
}
