package whorl.evidence.library;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Text;

/**
 * A set of versions in {@linkplain VersionOrder Maven's order}. Two ways to write it:
 *
 * <pre>
 *   &lt;2.17      &gt;=2.0 &lt;2.17.1     2.14.1        conditions that must all hold
 *   [2.0,2.17)  (,1.0],[1.2,)      [2.14.1]      Maven's intervals; one must hold
 * </pre>
 */
public final class VersionRange {
  /** What a range may look like, for messages. */
  public static final String FORMS = "<2.17, >=2.0 <2.17.1, 2.14.1, [2.0,2.17) or (,1.0],[1.2,)";

  private static final int MAX_CHARS = 256;

  private final String text;
  private final List<Interval> intervals;

  /**
   * @param low null if there is no lower limit
   * @param high null if there is no upper limit
   */
  private record Interval(
      @Nullable String low, boolean withLow, @Nullable String high, boolean withHigh) {
    static final Interval ALL = new Interval(null, false, null, false);

    boolean contains(String version) {
      return isAbove(version) && isBelow(version);
    }

    private boolean isAbove(String version) {
      int order = low == null ? 1 : VersionOrder.MAVEN.compare(version, low);
      return withLow ? order >= 0 : order > 0;
    }

    private boolean isBelow(String version) {
      int order = high == null ? -1 : VersionOrder.MAVEN.compare(version, high);
      return withHigh ? order <= 0 : order < 0;
    }

    Interval atLeast(String version, boolean with) {
      int order = low == null ? 1 : VersionOrder.MAVEN.compare(version, low);
      return order > 0 || order == 0 && !with ? new Interval(version, with, high, withHigh) : this;
    }

    Interval atMost(String version, boolean with) {
      int order = high == null ? -1 : VersionOrder.MAVEN.compare(version, high);
      return order < 0 || order == 0 && !with ? new Interval(low, withLow, version, with) : this;
    }
  }

  private VersionRange(String text, List<Interval> intervals) {
    this.text = text;
    this.intervals = List.copyOf(intervals);
  }

  /**
   * @throws IllegalArgumentException if the text is no range; the message says what one looks like
   */
  public static VersionRange of(String text) {
    String trimmed = text.strip();
    if (trimmed.isEmpty() || trimmed.length() > MAX_CHARS) {
      throw refused(text);
    }
    char first = trimmed.charAt(0);
    return new VersionRange(
        trimmed, first == '[' || first == '(' ? intervals(trimmed) : List.of(conditions(trimmed)));
  }

  /** True if the version is one of the set. */
  public boolean contains(String version) {
    for (Interval interval : intervals) {
      if (interval.contains(version)) {
        return true;
      }
    }
    return false;
  }

  private static Interval conditions(String text) {
    Interval interval = Interval.ALL;
    // "< 2.17" is the same as "<2.17"
    for (String condition : text.replaceAll("([<>=])\\s+", "$1").split("[\\s,]+")) {
      int at = 0;
      while (at < condition.length() && "<>=".indexOf(condition.charAt(at)) >= 0) {
        at++;
      }
      String version = version(condition.substring(at), text);
      interval =
          switch (condition.substring(0, at)) {
            case "<" -> interval.atMost(version, false);
            case "<=" -> interval.atMost(version, true);
            case ">" -> interval.atLeast(version, false);
            case ">=" -> interval.atLeast(version, true);
            case "", "=", "==" -> interval.atLeast(version, true).atMost(version, true);
            default -> throw refused(text);
          };
    }
    return interval;
  }

  private static List<Interval> intervals(String text) {
    List<Interval> intervals = new ArrayList<>();
    String rest = text;
    while (!rest.isEmpty()) {
      char open = rest.charAt(0);
      int end = 1;
      while (end < rest.length() && rest.charAt(end) != ']' && rest.charAt(end) != ')') {
        end++;
      }
      if ((open != '[' && open != '(') || end == rest.length()) {
        throw refused(text);
      }
      boolean closed = rest.charAt(end) == ']';
      intervals.add(interval(rest.substring(1, end), open == '[', closed, text));
      rest = rest.substring(end + 1).strip();
      if (rest.startsWith(",")) {
        rest = rest.substring(1).strip();
        if (rest.isEmpty()) {
          throw refused(text);
        }
      }
    }
    return intervals;
  }

  private static Interval interval(String inner, boolean withLow, boolean withHigh, String text) {
    int comma = inner.indexOf(',');
    if (comma < 0) {
      if (!withLow || !withHigh) {
        throw refused(text);
      }
      String only = version(inner, text);
      return new Interval(only, true, only, true);
    }
    String low = inner.substring(0, comma).strip();
    String high = inner.substring(comma + 1).strip();
    return new Interval(
        low.isEmpty() ? null : version(low, text),
        withLow && !low.isEmpty(),
        high.isEmpty() ? null : version(high, text),
        withHigh && !high.isEmpty());
  }

  private static String version(String text, String range) {
    String version = text.strip();
    boolean readable = !version.isEmpty();
    for (int i = 0; i < version.length(); i++) {
      char c = version.charAt(i);
      readable &= c > ' ' && c < 0x7f && "<>=[](),*".indexOf(c) < 0;
    }
    if (!readable) {
      throw refused(range);
    }
    return version;
  }

  private static IllegalArgumentException refused(String text) {
    return new IllegalArgumentException(
        "not a range of versions (like " + FORMS + "): " + Text.shortened(text));
  }

  @Override
  public String toString() {
    return text;
  }
}
