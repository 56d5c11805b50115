package whorl.agent.hook.entry;

import static whorl.agent.hook.weave.HookPoint.point;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.CodeReports;
import whorl.agent.event.EventSink;
import whorl.agent.event.time.RateLimit;
import whorl.agent.hook.weave.Hook;
import whorl.agent.hook.weave.HookPoint;
import whorl.agent.hook.weave.ThreadState;

/**
 * Scripts and expressions with their source, when it is parsed and before it runs. The same source
 * is reported once a minute and counted between. Sources that look harmless are limited to a rate
 * and counted beyond it, so that templates made for each row cannot push out relevant ones. A long
 * source is reported in pieces, so that what is dangerous cannot hide behind the first thousands of
 * characters; harmless pieces are left out.
 */
public final class ScriptHook implements Hook {
  private static final int MAX_SOURCE_CHARS = 4096;

  /** Neighbouring pieces of a longer source share so many, so that no word is cut in two. */
  private static final int SHARED_CHARS = 256;

  /** So many blanks in a row, and so many dots, are kept of a longer source. */
  private static final int MAX_IN_A_ROW = 32;

  /** The most pieces of a source that are reported; the last is its end. */
  private static final int MAX_PIECES = 16;

  /** The most that are looked at: a million characters. */
  private static final int MAX_PIECES_LOOKED_AT = 256;

  private static final long WINDOW_NANOS = 60_000_000_000L;
  private static final int HARMLESS_PER_SECOND = 50;

  /**
   * Words that an expression needs to break out of its language. An expression without them only
   * computes.
   */
  private static final String[] SUSPICIOUS = {
    "Runtime",
    "ProcessBuilder",
    "ProcessImpl",
    "T(",
    "T (",
    "getClass",
    ".class",
    "class.",
    "class[",
    "class?.",
    "'class'",
    "\"class\"",
    "forName",
    "ClassLoader",
    "defineClass",
    "getDeclared",
    "MethodHandle",
    "ScriptEngine",
    "java.",
    "java[",
    "javax.",
    "javax[",
    "jakarta",
    "jdk.",
    "jdk[",
    "org.",
    "com.",
    "sun.",
    "sun[",
    "JavaImporter",
    "Java[",
    "new(",
    "Unsafe",
    "exec",
    "execute",
    "eval",
    "invoke",
    "@",
    "#context",
    "_memberAccess",
    "Class",
    "System",
    "import",
    "require",
    "Packages",
    "Java.type",
    "\\u",
    "?new",
  };

  /** What makes an object; an engine takes it in any case. */
  private static final String NEW = "new";

  private final EventSink sink;
  private final ScriptEngines engines = new ScriptEngines();
  private final RepeatFilter repeatFilter = new RepeatFilter(WINDOW_NANOS);
  private final RateLimit harmless = new RateLimit(HARMLESS_PER_SECOND);

  public ScriptHook(EventSink sink) {
    this.sink = sink;
  }

  @Override
  public String group() {
    return "script";
  }

  @Override
  public List<HookPoint> joinPoints() {
    List<HookPoint> points = new ArrayList<>();
    for (ScriptEngines.Entry entry : engines.entries()) {
      points.add(point(points.size(), entry.point()));
    }
    return points;
  }

  @Override
  public Map<String, Long> losses() {
    return Map.of(
        "scripts.repeated", repeatFilter.repeated(), "scripts.rateLimited", harmless.refused());
  }

  @Override
  public void observe(int at, @Nullable Object[] values, ThreadState thread) {
    ScriptEngines.Entry entry = engines.entries().get(at);
    Object operand = values[0];
    String source = operand == null ? null : entry.source().of(operand);
    if (source == null) {
      return;
    }
    long suppressed = repeatFilter.admit(entry.engine(), source);
    if (suppressed == RepeatFilter.SUPPRESSED
        || !suspicious(source) && !harmless.admits(System.nanoTime())) {
      return;
    }
    if (source.length() <= MAX_SOURCE_CHARS) {
      CodeReports.scriptParsed(sink, entry.engine(), source, suppressed);
    } else {
      inPieces(entry.engine(), withFewBlanks(source), suppressed);
    }
  }

  private void inPieces(String engine, String source, long suppressed) {
    if (source.length() <= MAX_SOURCE_CHARS) {
      CodeReports.scriptParsed(sink, engine, source, suppressed);
    } else {
      String first = source.substring(0, MAX_SOURCE_CHARS - 1).concat("…");
      CodeReports.scriptParsed(sink, engine, first, suppressed);
      laterPieces(engine, source);
    }
  }

  /**
   * The text without what is more than some blanks, or some dots, among nothing but such: no piece
   * ends within a type's name by it. SpEL passes over them all.
   */
  private static String withFewBlanks(String text) {
    StringBuilder few = null;
    int blanks = 0;
    int dots = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean blank = c <= ' ';
      boolean dot = c == '.';
      blanks = blank ? blanks + 1 : dot ? blanks : 0;
      dots = dot ? dots + 1 : blank ? dots : 0;
      boolean left = (blank && blanks > MAX_IN_A_ROW) || (dot && dots > MAX_IN_A_ROW);
      if (few == null && left) {
        few = new StringBuilder(text.length()).append(text, 0, i);
      } else if (few != null && !left) {
        few.append(c);
      }
    }
    return few == null ? text : few.toString();
  }

  private void laterPieces(String engine, String source) {
    int length = MAX_SOURCE_CHARS - 2;
    int from = length - SHARED_CHARS;
    int reported = 1;
    boolean last = false;
    for (int i = 1; !last && from + SHARED_CHARS < source.length(); i++) {
      last = i == MAX_PIECES_LOOKED_AT || reported == MAX_PIECES - 1;
      if (last) {
        from = Math.max(from, source.length() - length);
      }
      int to = Math.min(source.length(), from + length);
      String piece = source.substring(from, to);
      if (suspicious(piece)) {
        reported++;
        String ending = to < source.length() ? "…" : "";
        CodeReports.scriptParsed(sink, engine, "…".concat(piece).concat(ending), 0);
      }
      from += length - SHARED_CHARS;
    }
  }

  /** An engine may take blanks between the parts of a word, and more than a blank for one. */
  private static boolean suspicious(String source) {
    if (holdsWord(source)) {
      return true;
    }
    String joined = withoutBlanks(source);
    return !joined.equals(source) && holdsWord(joined);
  }

  private static boolean holdsWord(String source) {
    for (String word : SUSPICIOUS) {
      if (source.contains(word)) {
        return true;
      }
    }
    return holdsNew(source);
  }

  /** True for {@code new} in any case with a blank or a dot behind it. */
  private static boolean holdsNew(String source) {
    for (int at = NEW.length(); at < source.length(); at++) {
      char c = source.charAt(at);
      if ((c == ' ' || c == '.')
          && source.regionMatches(true, at - NEW.length(), NEW, 0, NEW.length())) {
        return true;
      }
    }
    return false;
  }

  /**
   * The text with one blank for those between two letters or digits, and none for all others; the
   * text itself if it holds none but such.
   */
  private static String withoutBlanks(String text) {
    int length = text.length();
    int first = 0;
    while (first < length && !isLost(text, first)) {
      first++;
    }
    if (first == length) {
      return text;
    }
    StringBuilder joined = new StringBuilder(length).append(text, 0, first);
    for (int i = first; i < length; ) {
      char c = text.charAt(i++);
      if (c > ' ') {
        joined.append(c);
        continue;
      }
      while (i < length && text.charAt(i) <= ' ') {
        i++;
      }
      int end = joined.length();
      if (end > 0
          && i < length
          && Character.isLetterOrDigit(joined.charAt(end - 1))
          && Character.isLetterOrDigit(text.charAt(i))) {
        joined.append(' ');
      }
    }
    return joined.toString();
  }

  /** True for a blank that is not the only one between two letters or digits. */
  private static boolean isLost(String text, int at) {
    char c = text.charAt(at);
    return c < ' '
        || c == ' '
            && (at == 0
                || at == text.length() - 1
                || !Character.isLetterOrDigit(text.charAt(at - 1))
                || !Character.isLetterOrDigit(text.charAt(at + 1)));
  }
}
