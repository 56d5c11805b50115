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
    "'class'",
    "\"class\"",
    "forName",
    "ClassLoader",
    "defineClass",
    "getDeclared",
    "MethodHandle",
    "ScriptEngine",
    "java.",
    "javax.",
    "org.",
    "com.",
    "sun.",
    "Unsafe",
    "exec",
    "execute",
    "eval",
    "invoke",
    "new ",
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
      String first = source.substring(0, MAX_SOURCE_CHARS - 1).concat("…");
      CodeReports.scriptParsed(sink, entry.engine(), first, suppressed);
      laterPieces(entry.engine(), source);
    }
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

  private static boolean suspicious(String source) {
    for (String word : SUSPICIOUS) {
      if (source.contains(word)) {
        return true;
      }
    }
    return false;
  }
}
