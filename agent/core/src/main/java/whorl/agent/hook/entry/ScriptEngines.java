package whorl.agent.hook.entry;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.weave.JoinPoint;
import whorl.agent.hook.weave.Operand;

/**
 * The methods through which script engines receive their source: for each engine one method that
 * all paths call, if there is one. Names and descriptors are those of the engines' published class
 * files.
 */
final class ScriptEngines {
  private static final String SCRIPT_CONTEXT = "Ljavax/script/ScriptContext;";
  private static final String TEXT = "Ljava/lang/String;";
  private static final FieldValue GROOVY_TEXT =
      new FieldValue("groovy.lang.GroovyCodeSource", "scriptText");
  private static final FieldValue NASHORN_DATA =
      new FieldValue("nashorn.internal.runtime.Source", "data");
  private static final FieldValue NASHORN_TEXT =
      new FieldValue("nashorn.internal.runtime.Source$RawData", "array");

  /** The class that FreeMarker uses for one argument; for more it uses an {@link ArrayList}. */
  private static final Class<?> SINGLE = Collections.singletonList("").getClass();

  private final List<Entry> entries = new ArrayList<>();

  /** One of these methods. */
  record Entry(String engine, JoinPoint point, Source source) {}

  /** How to get the source from the operand. */
  enum Source {
    STRING,
    CHARACTERS,
    GROOVY,
    NASHORN,
    COMMAND;

    @Nullable String of(Object operand) {
      return switch (this) {
        case STRING -> operand instanceof String text ? text : null;
        case CHARACTERS -> operand instanceof char[] text ? String.valueOf(text) : null;
        case GROOVY -> GROOVY_TEXT.text(operand);
        case NASHORN ->
            NASHORN_TEXT.of(NASHORN_DATA.of(operand)) instanceof char[] text
                ? String.valueOf(text)
                : null;
        case COMMAND -> command(operand);
      };
    }
  }

  ScriptEngines() {
    springExpression();
    ognl();
    mvel();
    groovy();
    jexl();
    unifiedExpressionLanguage();
    javaScript();
    templates();
    others();
  }

  List<Entry> entries() {
    return entries;
  }

  private void springExpression() {
    // Parts of templates and raw expressions pass here too; the return type excludes the bridge
    // method.
    text(
        "spel",
        "org/springframework/expression/spel/standard/SpelExpressionParser",
        "doParseExpression",
        "("
            + TEXT
            + "Lorg/springframework/expression/ParserContext;)"
            + "Lorg/springframework/expression/spel/",
        0);
  }

  private void ognl() {
    for (String owner : List.of("ognl/Ognl", "org/apache/ibatis/ognl/Ognl")) {
      text("ognl", owner, "parseExpression", "(" + TEXT + ")", 0);
    }
    text("ognl", "org/apache/commons/ognl/Ognl", "parseExpression", "(" + TEXT + ")", 0);
  }

  private void mvel() {
    for (String method : List.of("eval", "compileExpression")) {
      text("mvel", "org/mvel2/MVEL", method, "(" + TEXT, 0);
      add("mvel", "org/mvel2/MVEL", method, "([C", 0, Source.CHARACTERS);
    }
  }

  private void groovy() {
    add(
        "groovy",
        "groovy/lang/GroovyClassLoader",
        "parseClass",
        "(Lgroovy/lang/GroovyCodeSource;Z)",
        0,
        Source.GROOVY);
  }

  private void jexl() {
    String jexl3 = "org/apache/commons/jexl3/";
    String info = "(L" + jexl3 + "JexlInfo;" + TEXT;
    text("jexl", jexl3 + "internal/Engine", "createExpression", info + ")L" + jexl3 + "int", 1);
    text(
        "jexl",
        jexl3 + "internal/Engine",
        "createScript",
        info + "[" + TEXT + ")L" + jexl3 + "internal",
        1);
    text(
        "jexl",
        jexl3 + "internal/Engine",
        "createScript",
        "(L" + jexl3 + "JexlFeatures;L" + jexl3 + "JexlInfo;" + TEXT,
        2);
    String jexl2 = "org/apache/commons/jexl2/JexlEngine";
    text("jexl", jexl2, "createExpression", "(" + TEXT + "Lorg/apache/commons/jexl2/", 0);
    text("jexl", jexl2, "createScript", "(" + TEXT + "Lorg/apache/commons/jexl2/", 0);
  }

  private void unifiedExpressionLanguage() {
    for (String owner :
        List.of(
            "org/apache/el/ExpressionFactoryImpl",
            "com/sun/el/ExpressionFactoryImpl",
            "de/odysseus/el/ExpressionFactoryImpl",
            "org/glassfish/expressly/ExpressionFactoryImpl")) {
      for (String method : List.of("createValueExpression", "createMethodExpression")) {
        text("el", owner, method, "(Ljavax/el/ELContext;" + TEXT, 1);
        text("el", owner, method, "(Ljakarta/el/ELContext;" + TEXT, 1);
      }
    }
  }

  private void javaScript() {
    for (String nashorn : List.of("org/openjdk/nashorn/api/scripting/NashornScriptEngine")) {
      text("nashorn", nashorn, "eval", "(" + TEXT + SCRIPT_CONTEXT, 0);
      text("nashorn", nashorn, "compile", "(" + TEXT + ")", 0);
      add(
          "nashorn",
          nashorn,
          "evalImpl",
          "(Lorg/openjdk/nashorn/internal/runtime/Source;" + SCRIPT_CONTEXT,
          0,
          Source.NASHORN);
    }
    text(
        "graal.js",
        "com/oracle/truffle/js/scriptengine/GraalJSScriptEngine",
        "eval",
        "(" + TEXT + SCRIPT_CONTEXT,
        0);
    text(
        "graal",
        "org/graalvm/polyglot/Source",
        "newBuilder",
        "(" + TEXT + "Ljava/lang/CharSequence;" + TEXT + ")",
        1);
    text(
        "rhino",
        "org/mozilla/javascript/Context",
        "evaluateString",
        "(Lorg/mozilla/javascript/Scriptable;" + TEXT,
        1);
    text("rhino", "org/mozilla/javascript/Context", "compileString", "(" + TEXT + TEXT, 0);
  }

  private void templates() {
    text(
        "velocity",
        "org/apache/velocity/runtime/RuntimeInstance",
        "evaluate",
        "(Lorg/apache/velocity/context/Context;Ljava/io/Writer;" + TEXT + TEXT,
        3);
    text(
        "freemarker",
        "freemarker/template/Template",
        "<init>",
        "(" + TEXT + TEXT + "Lfreemarker/template/Configuration;)",
        1);
    add(
        "freemarker",
        "freemarker/template/utility/Execute",
        "exec",
        "(Ljava/util/List;)",
        0,
        Source.COMMAND);
  }

  private void others() {
    // Java source in a statement, for a function or a trigger
    text("h2", "org/h2/util/SourceCompiler", "setSource", "(" + TEXT + TEXT + ")", 1);
    text(
        "kotlin",
        "org/jetbrains/kotlin/cli/common/repl/KotlinJsr223JvmScriptEngineBase",
        "eval",
        "(" + TEXT + SCRIPT_CONTEXT,
        0);
    text("jshell", "jdk/jshell/JShell", "eval", "(" + TEXT + ")", 0);
    text("beanshell", "bsh/Interpreter", "eval", "(" + TEXT + "Lbsh/NameSpace;)", 0);
    text("jython", "org/python/util/PythonInterpreter", "exec", "(" + TEXT + ")", 0);
    text("jython", "org/python/util/PythonInterpreter", "eval", "(" + TEXT + ")", 0);
  }

  private void text(String engine, String owner, String method, String descriptor, int argument) {
    add(engine, owner, method, descriptor, argument, Source.STRING);
  }

  private void add(
      String engine, String owner, String method, String start, int argument, Source source) {
    JoinPoint point = JoinPoint.entry(owner, method, start, Operand.argument(argument));
    entries.add(new Entry(engine, point.asOptional(), source));
  }

  /** The arguments of {@code Execute}, read only from the two list classes that the engine uses. */
  private static String command(Object operand) {
    return operand instanceof List<?> list
            && (list.getClass() == SINGLE || list.getClass() == ArrayList.class)
            && !list.isEmpty()
            && list.get(0) instanceof String command
        ? "?new Execute " + command
        : "?new Execute";
  }
}
