package whorl.collector.analysis.trail;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.kinds.Severity;
import whorl.collector.analysis.rows.Phrases;
import whorl.collector.analysis.rows.Request;
import whorl.collector.analysis.rows.RequestText;
import whorl.collector.analysis.rows.RowContext;
import whorl.collector.analysis.rows.RowView;
import whorl.collector.analysis.stack.OwnWork;
import whorl.collector.detect.PackRule;
import whorl.collector.timeline.Column;

/** Finds the expressions, and the reflective accesses of expressions, that are entry points. */
final class ExpressionEntryPoints {
  /**
   * What the rules leave out because applications' own scripts use it as well. No pattern here uses
   * a word boundary: behind accents, it reads back over all of them.
   */
  private static final Pattern REACHES_FOR_CODE =
      Pattern.compile(
          "Runtime|ProcessImpl|ClassLoader|forName|getDeclared|getMethod"
              + "|getClass\\s*\\(|\\.class\\.|ScriptEngine|Unsafe|#_memberAccess|@java\\.|(?<!\\w)exec\\s*\\(|freemarker\\.template\\.utility\\."
              + "|\\$\\{\\s*jndi|InitialContext|System\\.(getenv|getProperty|exit|load)|java\\.io\\.|java\\.nio\\.file|java\\.net\\.");

  /** Code that no annotation or template of an application needs. */
  private static final Pattern RUNS_CODE =
      Pattern.compile(
          "Runtime|ProcessBuilder|ProcessImpl|(?<!\\w)exec\\s*\\(|ScriptEngine|defineClass|jndi:|InitialContext|#_memberAccess|Unsafe");

  private static final Pattern TYPE_REFERENCE =
      Pattern.compile(
          "(?<!\\w)(?:T[\\x00-\\x20]*\\(|(?i:new)[\\x00-\\x20]+[a-z]+[\\x00-\\x20]*\\.)"
              + "|@[\\x00-\\x20]*java[\\x00-\\x20]*\\.");
  private static final int EXPRESSION_CHARS = 200;

  private ExpressionEntryPoints() {}

  static @Nullable EntryPoint evaluation(RowContext rowContext) {
    RowView row = rowContext.row();
    String source = row.field("source");
    if (source == null || row.request() == null) {
      return null;
    }
    boolean reaches =
        row.rules().by(PackRule.SCRIPT_REACHES_RUNTIME) || REACHES_FOR_CODE.matcher(source).find();
    if (!reaches && !TYPE_REFERENCE.matcher(source).find()) {
      return null;
    }
    if (!RUNS_CODE.matcher(source).find()
        && !isInRequest(rowContext, source)
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

  /** True if the request's path or query contains the expression. */
  static boolean isInRequest(RowContext rowContext, String source) {
    Request request = rowContext.request();
    return request != null && RequestText.of(request).carries(source);
  }

  static @Nullable EntryPoint reflectiveAccess(RowContext rowContext) {
    RowView row = rowContext.row();
    String className = row.textOr(Column.CLASS_NAME, "className");
    if (row.request() == null
        || OwnWork.initializes(rowContext.frames(), rowContext.foreign())
        || (!RUNS_CODE.matcher(className).find()
            && OwnWork.ownsExpression(rowContext.frames(), rowContext.foreign()))) {
      return null;
    }
    boolean yaml = "snakeyaml".equals(row.field("by"));
    boolean stream = yaml || "deserialization".equals(row.field("by"));
    return new EntryPoint(
        stream ? EntryPoint.Kind.DESERIALIZATION : EntryPoint.Kind.EXPRESSION,
        row,
        Severity.HIGH,
        "access "
            + Phrases.cut(className)
            + "."
            + Phrases.cut(row.field("member"), 40)
            + " from "
            + (yaml ? "YAML" : stream ? "an object stream" : "an expression"));
  }
}
