package whorl.collector.analysis;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.stack.OwnWork;
import whorl.collector.timeline.Column;

/** Tells which expressions and what they reach for are a way in. */
final class ExpressionEntryPoints {
  private static final Pattern REACHES_FOR_CODE =
      Pattern.compile(
          "Runtime|ProcessBuilder|ProcessImpl|ClassLoader|defineClass|forName|getDeclared|getMethod"
              + "|getClass\\s*\\(|\\.class\\.|ScriptEngine|Unsafe|#_memberAccess|@java\\.|\\bexec\\s*\\(|freemarker\\.template\\.utility\\."
              + "|\\$\\{\\s*jndi|InitialContext|System\\.(getenv|getProperty|exit|load)|java\\.io\\.|java\\.nio\\.file|java\\.net\\.");

  /** What no annotation or template of an application needs. */
  private static final Pattern RUNS_CODE =
      Pattern.compile(
          "Runtime|ProcessBuilder|ProcessImpl|\\bexec\\s*\\(|ScriptEngine|defineClass|jndi:|InitialContext|#_memberAccess|Unsafe");

  private static final Pattern TYPE_REFERENCE = Pattern.compile("\\bT\\s*\\(|\\bnew\\s+[a-z]+\\.");
  private static final int EXPRESSION_CHARS = 200;

  private ExpressionEntryPoints() {}

  static @Nullable EntryPoint evaluated(RowContext rowContext) {
    RowView row = rowContext.row();
    String source = row.field("source");
    if (source == null || row.request() == null) {
      return null;
    }
    boolean reaches = REACHES_FOR_CODE.matcher(source).find();
    if (!reaches && !TYPE_REFERENCE.matcher(source).find()) {
      return null;
    }
    if (!RUNS_CODE.matcher(source).find()
        && !isCarried(rowContext, source)
        && OwnWork.ownsExpression(rowContext.frames(), rowContext.foreign())) {
      return null;
    }
    return new EntryPoint(
        EntryPoint.Kind.EXPRESSION,
        row,
        reaches ? Severity.HIGH : Severity.MEDIUM,
        "evaluate an expression ("
            + Phrases.cut(row.field("engine"), 20)
            + "): "
            + Phrases.cut(source, EXPRESSION_CHARS));
  }

  /** Whether the request's path or query holds the expression. */
  static boolean isCarried(RowContext rowContext, String source) {
    Request request = rowContext.request();
    return request != null && RequestText.of(request).carries(source);
  }

  static @Nullable EntryPoint reached(RowContext rowContext) {
    RowView row = rowContext.row();
    String className = row.textOr(Column.CLASS_NAME, "className");
    if (row.request() == null
        || OwnWork.startsUp(rowContext.frames(), rowContext.foreign())
        || (!RUNS_CODE.matcher(className).find()
            && OwnWork.ownsExpression(rowContext.frames(), rowContext.foreign()))) {
      return null;
    }
    boolean stream = "deserialization".equals(row.field("by"));
    return new EntryPoint(
        stream ? EntryPoint.Kind.DESERIALIZATION : EntryPoint.Kind.EXPRESSION,
        row,
        Severity.HIGH,
        "reach for "
            + Phrases.cut(className)
            + "."
            + Phrases.cut(row.field("member"), 40)
            + " from "
            + (stream ? "an object stream" : "an expression"));
  }
}
