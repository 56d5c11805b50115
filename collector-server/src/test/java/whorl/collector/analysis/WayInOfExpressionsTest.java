package whorl.collector.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import whorl.collector.analysis.findings.Finding;
import whorl.collector.analysis.findings.Step;
import whorl.collector.analysis.kinds.Severity;

/**
 * Injections that are known by the code that evaluates them, and classes by what generates them.
 */
class WayInOfExpressionsTest extends WayInFixture {
  @Test
  void aFileThatALookUpReads_isExpressionInjection() throws Exception {
    addFileRead(
        "/etc/passwd",
        "q=${file:UTF-8:/etc/passwd}",
        "java.nio.file.Files.readAllBytes(F.java:1)",
        "org.apache.commons.text.lookup.FileStringLookup.lookup(F.java:1)",
        "shop.Search.find(S.java:1)");

    assertThat(onlyWayIn().title()).isEqualTo("Way in: expression injection through GET /view");
    assertThat(onlyWayIn().text()).contains("Commons Text");
  }

  // expressions

  @ParameterizedTest
  @ValueSource(strings = {"execute()", "index()", "list( )"})
  void theMethodOfAnAction_isNoInjection(String source) throws Exception {
    rows.on(
        "ognl.Ognl.getValue(O.java:1)",
        "com.opensymphony.xwork2.ognl.OgnlUtil.callMethod(O.java:1)",
        "com.opensymphony.xwork2.DefaultActionInvocation.invokeAction(D.java:1)");
    rows.of("r1", "whorl.ScriptEval", "engine", "ognl", "source", source);
    rows.request("r1", "GET", "/index.action", "", ADDRESS, 200);

    assertThat(Evidences.report(rows).findings()).isEmpty();
  }

  @Test
  void theMethodThatTheRequestCarries_isAnInjection() throws Exception {
    String source = "#_memberAccess=@ognl.OgnlContext@DEFAULT,@java.lang.Runtime@getRuntime()";
    rows.on(
        "ognl.Ognl.getValue(O.java:1)",
        "com.opensymphony.xwork2.DefaultActionInvocation.invokeAction(D.java:1)");
    rows.of("r1", "whorl.ScriptEval", "engine", "ognl", "source", source);
    rows.request(
        "r1",
        "GET",
        "/index.action",
        "method:%23_memberAccess=@ognl.OgnlContext@DEFAULT,@java.lang.Runtime@getRuntime()",
        ADDRESS,
        200);

    assertThat(onlyWayIn().title()).contains("expression injection");
  }

  /** A busy machine records the end of a request later than it measured how long that took. */
  @Test
  void requestWhoseEndIsRecordedLate_comesBeforeWhatItDid() throws Exception {
    String source = "T(java.lang.Runtime).getRuntime()";
    rows.of("r1", "whorl.ScriptEval", "engine", "spel", "source", source);
    rows.of(
        "r1",
        "whorl.HttpRequest",
        "method",
        "GET",
        "path",
        "/products",
        "query",
        "filter=" + source,
        "remoteAddress",
        ADDRESS,
        "status",
        200,
        "elapsed",
        1L);

    assertThat(Evidences.report(rows).chain())
        .extracting(Step::what)
        .satisfiesExactly(
            first -> assertThat(first).startsWith("GET /products"),
            then -> assertThat(then).contains("evaluate an expression"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "com.opensymphony.xwork2.DefaultActionInvocation.invokeAction",
        "org.drools.mvel.expr.MVELAction.execute",
        "org.springframework.cache.interceptor.C.x",
      })
  void anExpressionThatRunsCode_isAnInjectionForAnyEvaluator(String owner) throws Exception {
    rows.on("ognl.Ognl.getValue(O.java:1)", owner + "(X.java:1)");
    rows.of("r1", "whorl.ScriptEval", "engine", "ognl", "source", "@java.lang.Runtime@exec('id')");
    rows.request("r1", "POST", "/index.action", "", ADDRESS, 200);

    assertThat(onlyWayIn().title()).contains("expression injection");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mvel | java.net.URL u; foreach | org.mvel2.templates.TemplateRuntime.eval;org.drools.mvel.X.y",
        "spel | #p + T(java.lang.String).x | org.springframework.expression.spel.S.x;org.springframework.cache.interceptor.C.x",
        "spel | T(java.lang.System).getProperty('a') | org.springframework.expression.spel.S.x;org.springframework.security.access.expression.E.x",
      })
  void expressionsOfAFrameworksOwn_areNoInjection(String engine, String source, String frames)
      throws Exception {
    rows.on(frames.strip().replace(";", "\n"), "shop.A.b(A.java:1)");
    rows.alert("r1", "Something", "medium");
    rows.on(frames.strip().replace(";", "\n"), "shop.A.b(A.java:1)");
    rows.of("r1", "whorl.ScriptEval", "engine", engine.strip(), "source", source.strip());
    rows.request("r1", "GET", "/x", "", ADDRESS, 200);

    assertThat(onlyWayIn().title()).isEqualTo("A request raised an alert: GET /x");
  }

  /** What an engine takes for a blank hides no type. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "T\0(java nio file Files).size(#p)",
        "nEw java .nio.file.A('/x')",
        "new\0java.x.A('/x')",
        "@ java .nio.file.Files@size(#p)",
      })
  void aTypeBehindBlanks_isAnInjectionForAnAlert(String source) throws Exception {
    rows.on("org.springframework.expression.spel.S.x(S.java:1)", "shop.A.b(A.java:1)");
    rows.of("r1", "whorl.ScriptEval", "engine", "spel", "source", source);
    rows.alert("r1", "Something", "medium");
    rows.request("r1", "GET", "/x", "", ADDRESS, 200);

    assertThat(onlyWayIn().title()).contains("expression injection");
  }

  @Test
  void anEngineThatListsForbiddenMethodsAtItsStart_isNoInjection() throws Exception {
    rows.on(
        "java.lang.Class.getMethod(Class.java:1)",
        "freemarker.ext.beans.UnsafeMethods.createUnsafeMethodsSet(U.java:1)",
        "freemarker.ext.beans.UnsafeMethods.<clinit>(U.java:1)",
        "freemarker.ext.beans.BeansWrapper.x(B.java:1)",
        "shop.Page.render(P.java:1)");
    rows.of(
        "r1",
        "whorl.Reflection",
        "className",
        "java.lang.Runtime",
        "member",
        "exec",
        "by",
        "freemarker");
    rows.request("r1", "GET", "/x", "", ADDRESS, 200);

    assertThat(Evidences.report(rows).findings()).isEmpty();
  }

  @Test
  void anEngineThatAccessesCode_isAnInjection() throws Exception {
    rows.on(
        "java.lang.Class.getMethod(Class.java:1)",
        "freemarker.ext.beans.BeansWrapper.x(B.java:1)",
        "shop.Page.render(P.java:1)");
    rows.of(
        "r1",
        "whorl.Reflection",
        "className",
        "java.lang.Runtime",
        "member",
        "exec",
        "by",
        "freemarker");
    rows.request("r1", "GET", "/x", "", ADDRESS, 200);

    assertThat(onlyWayIn().title()).contains("expression injection");
  }

  @Test
  void yamlThatAccessesCode_isDeserialization() throws Exception {
    rows.on(
        "java.lang.Class.getDeclaredConstructors(Class.java:1)",
        "org.yaml.snakeyaml.constructor.Constructor.x(C.java:1)",
        "shop.Page.render(P.java:1)");
    rows.of(
        "r1",
        "whorl.Reflection",
        "className",
        "javax.script.ScriptEngineManager",
        "member",
        "<init>",
        "by",
        "snakeyaml");
    rows.request("r1", "GET", "/x", "", ADDRESS, 200);

    assertThat(onlyWayIn().title()).contains("unsafe deserialization");
    assertThat(onlyWayIn().text())
        .contains("access javax.script.ScriptEngineManager.<init> from YAML");
  }

  // classes of known generators

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "java.net.Accessor/0x0000 | org.apache.felix.framework.util.SecureAction.getAccessor;org.apache.felix.framework.URLHandlers.init",
        "shop.Bean$__sisu7 | org.eclipse.sisu.wire.GlueLoader.findClass;java.lang.ClassLoader.loadClass;org.eclipse.sisu.wire.GlueLoader.loadClass",
        "org.apache.derby.exe.ac12 | org.apache.derby.impl.services.reflect.ReflectClassesJava2.x;org.apache.derby.impl.services.reflect.LoadedGeneratedClass.y",
        "rules.Rule1 | org.mvel2.util.JITClassLoader.defineClassX;org.mvel2.optimizers.impl.asm.ASMAccessorOptimizer.x",
      })
  void classesOfKnownGenerators_areKnownByTheFramesThatMakeThem(String name, String frames)
      throws Exception {
    String[] stack =
        ("sun.instrument.TransformerManager.transform;java.lang.ClassLoader.defineClass1;"
                + frames.strip())
            .replace(";", "(X.java:1);")
            .split(";");
    rows.on(stack);
    rows.alert("r1", "Something", "medium");
    rows.on(stack);
    rows.of("r1", "whorl.ClassDefine", "className", name.strip(), "origin", "loader");
    rows.request("r1", "GET", "/x", "", ADDRESS, 200);
    rows.event(
        "class.found",
        "className",
        name.strip(),
        "stack",
        List.of(stack),
        "findings",
        List.of(Map.of("kind", "made-class", "severity", "medium", "reason", "in no jar")));

    assertThat(onlyWayIn().title()).isEqualTo("A request raised an alert: GET /x");
    assertThat(Rows.of(Evidences.report(rows), "code-loaded")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // by reflection, with bytes from other code
        "org.mvel2.util.JITClassLoader.defineClassX;java.lang.reflect.Method.invoke;org.springframework.expression.spel.S.x",
        "org.apache.derby.impl.services.reflect.ReflectLoaderJava2.loadGeneratedClass;shop.Evil.x",
        "x.Loader$__sisu1.defineClass;x.Loader$__sisu1.run",
      })
  void aClassFromOtherCode_isNotTheGenerators(String frames) throws Exception {
    rows.on(("java.lang.ClassLoader.defineClass;" + frames).replace(";", "(X.java:1)\n"));
    rows.of("r1", "whorl.ClassDefine", "className", "x.Bean$__sisu7", "origin", "loader");
    rows.alert("r1", "Class Defined", "high");
    rows.request("r1", "GET", "/x", "", ADDRESS, 200);

    assertThat(Rows.of(Evidences.report(rows), "code-loaded"))
        .extracting(Finding::severity)
        .containsExactly(Severity.CRITICAL);
  }
}
