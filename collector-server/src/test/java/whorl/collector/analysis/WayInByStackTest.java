package whorl.collector.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import whorl.collector.analysis.findings.Finding;
import whorl.collector.analysis.kinds.Severity;
import whorl.collector.analysis.kinds.Technique;
import whorl.collector.analysis.stack.Library;
import whorl.collector.analysis.trail.EntryPoint;
import whorl.collector.timeline.Row;

/** Stacks and a request's own text decide what is a way in. */
class WayInByStackTest extends WayInFixture {
  private static final String NOTHING = "Nothing in this evidence shows";

  private static final String SERVER =
      "org.apache.catalina.core.ApplicationFilterChain.doFilter(ApplicationFilterChain.java:166)";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "java.beans.XMLDecoder.readObject;com.sun.beans.decoder.X.y | unsafe deserialization | the JDK's XMLDecoder",
        "java.beans.EventHandler.invoke;com.thoughtworks.xstream.XStream.fromXML | unsafe deserialization | XStream, then a proxy of java.beans.EventHandler",
        "org.h2.command.CommandContainer.update;ch.qos.logback.core.db.D.getConnection;com.fasterxml.jackson.databind.ser.BeanPropertyWriter.serializeAsField | unsafe deserialization | Jackson, then the H2 database",
        "org.h2.util.SourceCompiler.run;org.h2.jdbc.JdbcStatement.execute;shop.Sql.run | code run by the database engine | the H2 database",
        "org.springframework.beans.X.init;org.springframework.context.support.ClassPathXmlApplicationContext.<init>;org.postgresql.util.ObjectFactory.instantiate;shop.Db.test | a JDBC driver that creates the objects that its URL names | PostgreSQL's JDBC driver, then Spring's bean definitions in XML",
        "org.springframework.context.support.FileSystemXmlApplicationContext.<init>;shop.Load.x | Spring beans from a foreign XML file | Spring's bean definitions in XML",
        "com.alibaba.fastjson.parser.DefaultJSONParser.parse;shop.A.b | unsafe deserialization | fastjson",
        "org.yaml.snakeyaml.constructor.Constructor.construct;shop.A.b | unsafe deserialization | SnakeYAML",
        "org.apache.commons.collections.functors.InvokerTransformer.transform;java.io.ObjectInputStream.readObject;org.apache.shiro.io.DefaultSerializer.deserialize;shop.F.g | unsafe deserialization | Shiro's rememberMe, then Java deserialization, then Commons Collections",
        "com.caucho.hessian.io.HessianInput.readObject;shop.A.b | unsafe deserialization | Hessian",
        "com.esotericsoftware.kryo.Kryo.readObject;shop.A.b | unsafe deserialization | Kryo",
        "org.apache.activemq.openwire.v12.X.y;shop.A.b | unsafe deserialization | ActiveMQ (OpenWire)",
        "javax.el.BeanNameResolver.x;org.apache.naming.factory.BeanFactory.getObjectInstance;javax.naming.spi.NamingManager.x;com.sun.jndi.ldap.LdapCtx.c_lookup;org.apache.logging.log4j.core.net.JndiManager.lookup;shop.Log.x | a JNDI lookup | Log4j, then the JDK's JNDI client, then the Expression Language",
        "org.apache.velocity.runtime.parser.node.ASTMethod.execute;shop.A.b | expression injection | Velocity",
        "freemarker.template.utility.Execute.exec;shop.A.b | expression injection | FreeMarker",
        "ognl.OgnlRuntime.invokeMethod;com.opensymphony.xwork2.ognl.OgnlUtil.x;shop.A.b | expression injection | OGNL",
        "org.springframework.expression.spel.ast.MethodReference.x;org.thymeleaf.spring5.X.y;shop.A.b | expression injection | Thymeleaf, then SpEL",
        "org.mvel2.MVEL.eval;shop.A.b | expression injection | MVEL",
        "org.codehaus.groovy.runtime.MethodClosure.call;groovy.lang.GroovyShell.evaluate;shop.A.b | expression injection | Groovy",
        "jdk.nashorn.internal.runtime.ScriptFunction.x;javax.script.AbstractScriptEngine.eval;org.apache.commons.text.lookup.ScriptStringLookup.lookup;org.apache.commons.text.StringSubstitutor.replace;shop.A.b | expression injection | Commons Text, then javax.script, then Nashorn",
        "bsh.Interpreter.eval;shop.A.b | expression injection | BeanShell",
        "org.apache.commons.jxpath.Functions.x;shop.A.b | expression injection | JXPath",
        "org.mozilla.javascript.Context.evaluateString;shop.A.b | expression injection | Rhino",
      })
  void aProgram_isExplainedByTheLibrariesOnItsStack(String frames, String title, String libraries)
      throws Exception {
    addProcess("/api", frames.strip().split(";"));

    Finding way = onlyWayIn();

    assertThat(way.title()).isEqualTo("Way in: " + title.strip() + " through POST /api");
    assertThat(way.severity()).isEqualTo(Severity.CRITICAL);
    assertThat(way.text())
        .contains("By its stack it went through " + libraries.strip() + ".")
        .doesNotContain(NOTHING);
    assertThat(way.techniques()).contains(Technique.EXPLOIT_PUBLIC_APPLICATION);
  }

  private void addProcess(String path, String... frames) {
    addProcess("touch /tmp/x", path, frames);
  }

  private void addProcess(String command, String path, String[] frames) {
    String[] stack = new String[frames.length + 2];
    stack[0] = "java.base/java.lang.ProcessBuilder.start(ProcessBuilder.java:1143)";
    for (int i = 0; i < frames.length; i++) {
      stack[i + 1] = frames[i].strip() + "(X.java:1)";
    }
    stack[stack.length - 1] = SERVER;
    rows.on(stack);
    rows.of("r1", "whorl.ProcessStart", "command", command, "pid", 7);
    rows.request("r1", "POST", path, "", ADDRESS, 200);
  }

  @Test
  void theLibrary_isNamedWithItsVersionAndJar_andItsRowIsLinked() throws Exception {
    Row loaded =
        rows.event(
            "whorl.ClassLoad",
            "className",
            "com.thoughtworks.xstream.XStream",
            "codeSource",
            "jar:nested:/srv/shop.jar/!BOOT-INF/lib/xstream-1.4.5.jar!/");
    addProcess("/xml", "com.thoughtworks.xstream.XStream.fromXML");

    assertThat(onlyWayIn().text()).contains("went through XStream 1.4.5 (xstream-1.4.5.jar).");
    assertThat(onlyWayIn().rows()).contains(loaded.id());
  }

  @ParameterizedTest
  @CsvSource({"0, true", "37, false"})
  void aRequestWithoutContent_namesTheEarlierOneThatHadABody(long bytes, boolean namesEarlier)
      throws Exception {
    rows.requestWithBody("r8", "POST", "/actuator/gateway/routes/a", "203.0.113.8", 300);
    Row stored = rows.requestWithBody("r0", "POST", "/actuator/gateway/routes/x", ADDRESS, 300);
    rows.later(50).requestWithBody("r7", "GET", "/actuator/gateway/routes/x", ADDRESS, 0);
    rows.later(50)
        .on(
            "java.base/java.lang.ProcessBuilder.start(ProcessBuilder.java:1143)",
            "org.springframework.expression.spel.ast.MethodReference.x(X.java:1)",
            "org.springframework.cloud.gateway.support.ShortcutConfigurable.x(X.java:1)");
    rows.of("r1", "whorl.ProcessStart", "command", "touch /tmp/x", "pid", 7);
    rows.requestWithBody("r1", "POST", "/actuator/gateway/refresh", ADDRESS, bytes);

    String earlier = "that had a body is POST /actuator/gateway/routes/x";
    assertThat(onlyWayIn().title())
        .isEqualTo("Way in: expression injection through POST /actuator/gateway/refresh");
    assertThat(onlyWayIn().text().contains(earlier)).isEqualTo(namesEarlier);
    assertThat(onlyWayIn().rows().contains(stored.id())).isEqualTo(namesEarlier);
  }

  @ParameterizedTest
  @CsvSource({
    "10.66.0.9, true, true",
    "127.0.0.1, true, true",
    "10.66.0.9, false, false",
    "203.0.113.99, true, false",
  })
  void aConnectionToAnInnerHostThatTheRequestNames_isServerSideRequestForgery(
      String address, boolean named, boolean reported) throws Exception {
    rows.of("r1", "whorl.SocketConnect", "address", address, "port", 80, "namedByRequest", named);
    if (reported) {
      rows.alert("r1", "Inner Host that the Request Names", "medium");
    }
    rows.request("r1", "GET", "/fetch", "q=http://" + address + "/", ADDRESS, 200);

    List<Finding> ways = Rows.of(Evidences.report(rows), "way-in");
    assertThat(ways.stream().map(Finding::title))
        .containsExactlyElementsOf(
            reported
                ? List.of("Way in: server-side request forgery through GET /fetch")
                : List.of());
  }

  @Test
  void anAlertOutsideRequests_inABrokersReader_isAWayIn_reportedOnce() throws Exception {
    for (int i = 0; i < 2; i++) {
      rows.event(
          "whorl.Alert", "title", "Process Started", "level", "high", "rule", "p", "id", "a" + i);
      rows.thread("ActiveMQ Transport: tcp:///10.0.0.9:40512@61616")
          .on(
              "java.base/java.lang.ProcessBuilder.start(ProcessBuilder.java:1143)",
              "org.springframework.context.support.AbstractApplicationContext.refresh(A.java:1)",
              "org.springframework.context.support.ClassPathXmlApplicationContext.<init>(C.java:1)",
              "org.apache.activemq.openwire.v12.BaseDataStreamMarshaller.createThrowable(B.java:1)");
      rows.event(
          "alert.raised", "title", "Process Started", "level", "high", "rule", "p", "id", "a" + i);
    }

    assertThat(onlyWayIn().title()).isEqualTo("Way in: unsafe deserialization outside any request");
    assertThat(onlyWayIn().text())
        .contains("ActiveMQ (OpenWire), then Spring's bean definitions in XML");
  }

  @Test
  void anAlertOutsideRequests_inAnOrdinaryStart_isNoWayIn() throws Exception {
    rows.thread("main")
        .on(
            "java.base/java.lang.ProcessBuilder.start(ProcessBuilder.java:1143)",
            "org.springframework.context.support.ClassPathXmlApplicationContext.<init>(C.java:1)",
            "shop.Main.main(Main.java:1)");
    rows.event("whorl.Alert", "title", "Process Started", "level", "high", "rule", "p", "id", "a");

    assertThat(Rows.of(Evidences.report(rows), "way-in")).isEmpty();
  }

  @Test
  void everyTechniqueOfTheTable_isKnown() {
    for (Library library : Library.values()) {
      assertThat(library.techniques()).allSatisfy(id -> assertThat(Technique.of(id)).isNotNull());
      assertThat(EntryPoint.Kind.of(library.mechanism()).explains()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // an ordinary method that an expression calls, and which runs a program itself
        "shop.Convert.run;org.springframework.expression.spel.ast.MethodReference.x",
        "shop.Convert.run;org.thymeleaf.Engine.process",
        "shop.Convert.run;org.codehaus.groovy.runtime.callsite.CallSite.call",
        "shop.Convert.run",
      })
  void aProgramThatTheApplicationRunsItself_isNoInjection(String frames) throws Exception {
    addProcess("/bin/sh -c convert", "/convert", frames.split(";"));

    assertThat(onlyWayIn().title())
        .isEqualTo("Way in: a command run by a request through POST /convert");
    assertThat(onlyWayIn().text()).contains(NOTHING);
  }

  @Test
  void aLibraryBelowTheServersFrames_doesNotExplainTheRequest() throws Exception {
    addProcess(
        "/bin/sh -c id",
        "/run",
        new String[] {
          "shop.Run.x", "jakarta.servlet.http.HttpServlet.service", "com.thoughtworks.xstream.X.y"
        });

    assertThat(onlyWayIn().title()).contains("a command run by a request");
  }

  @Test
  void anAlertAlone_isExplainedByTheLibraryOnItsStack() throws Exception {
    rows.on("java.net.URL.openStream(U.java:1)", "com.thoughtworks.xstream.X.y(X.java:1)", SERVER);
    rows.alert("r1", "Strange Connection", "high");
    rows.request("r1", "POST", "/xml", "", ADDRESS, 200);

    assertThat(onlyWayIn().title()).isEqualTo("Way in: unsafe deserialization through POST /xml");
    assertThat(onlyWayIn().text()).contains("do what the rule \"Strange Connection\" looks for");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sun.nio.ch.Net.connect;com.sun.jndi.ldap.LdapCtx.connect;shop.Login.check",
        "sun.nio.ch.Net.connect;org.postgresql.core.PGStream.x;shop.Orders.list",
      })
  void anAlertOfAnOrdinaryClient_isNoWayInByItsLibrary(String frames) throws Exception {
    rows.on(frames.split(";"));
    rows.alert("r1", "Strange Connection", "medium");
    rows.request("r1", "POST", "/login", "", ADDRESS, 200);

    assertThat(onlyWayIn().title()).isEqualTo("A request raised an alert: POST /login");
  }

  @ParameterizedTest
  @CsvSource({
    "/etc/passwd, file=../../../../etc/passwd",
    "/etc/passwd, file=..%2f..%2fetc%2fpasswd",
    "/etc/passwd, file=..%252F..%252Fetc%252Fpasswd",
    "/etc/passwd, file=/etc/passwd",
    "/proc/self/environ, file=%2Fproc%2Fself%2Fenviron",
    "/proc/1/root/etc/shadow, file=etc/shadow",
    "/srv/app/WEB-INF/web.xml, file=WEB-INF/web.xml",
    "/srv/app/application.yml, name=application.yml",
  })
  void aFileThatTheRequestNames_isPathTraversal(String path, String query) throws Exception {
    addFileRead(path, query, "java.io.FileInputStream.<init>(F.java:1)", "shop.View.get(V.java:1)");

    assertThat(onlyWayIn().title()).isEqualTo("Way in: path traversal through GET /view");
  }

  @ParameterizedTest
  @CsvSource({
    "/srv/keep/../../var/tmp/update.sh, ../../var/tmp/update.sh, HIGH",
    "/srv/keep/../../srv/app/ROOT/x.jsp, ../../srv/app/ROOT/x.jsp, HIGH",
  })
  void aFileOfCodeWrittenByAPathThatClimbs_isPathTraversal(
      String path, String name, Severity severity) throws Exception {
    rows.on("java.nio.file.Files.write(F.java:1)", "shop.Keep.put(K.java:1)");
    rows.of(
        "r1", "whorl.FileOpen", "path", path, "access", "write", "created", true, "failed", false);
    rows.request("r1", "POST", "/keep", "name=" + name, ADDRESS, 200);

    assertThat(onlyWayIn().title()).isEqualTo("Way in: path traversal through POST /keep");
    assertThat(onlyWayIn().severity()).isEqualTo(severity);
  }

  @ParameterizedTest
  @CsvSource({
    "/srv/invoices/../../etc/passwd, /etc/passwd",
    "/srv/invoices/../../etc/passwd, ",
    "/srv/invoices/./../../proc/self/environ, ",
  })
  void aFileByAPathThatClimbs_isJudgedByItsTarget(String path, String real) throws Exception {
    rows.on("java.io.FileInputStream.<init>(F.java:1)", "shop.View.get(V.java:1)");
    rows.of(
        "r1", "whorl.FileOpen", "path", path, "access", "read", "failed", false, "realPath", real);
    rows.request("r1", "GET", "/view", "name=../../etc/passwd", ADDRESS, 200);

    assertThat(onlyWayIn().title()).isEqualTo("Way in: path traversal through GET /view");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "id=7", "page=environ"})
  void aSecretFileThatTheRequestDoesNotName_isAFileReadByARequest(String query) throws Exception {
    addFileRead(
        "/proc/self/environ", query, "java.io.FileInputStream.<init>(F.java:1)", "a.B.c(B.java:1)");

    assertThat(onlyWayIn().title()).isEqualTo("A request read a file that matters: GET /view");
    assertThat(onlyWayIn().text()).contains("Its path and query do not name the file");
    assertThat(onlyWayIn().techniques())
        .containsExactly(Technique.FILE_DISCOVERY, Technique.LOCAL_SYSTEM);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/proc/self/cgroup | jdk.internal.platform.cgroupv2.CgroupV2SubsystemController.x",
        "/proc/77/status | sun.tools.attach.VirtualMachineImpl.getNamespacePid",
        "/app/keys/shop.p12 | sun.security.ssl.TrustStoreManager.x",
        "/app/keys/shop.p12 | java.security.KeyStore.getInstance",
        "/etc/hosts | java.net.InetAddress$HostsFileNameService.lookupAllHostAddr",
        "/etc/resolv.conf | sun.net.dns.ResolverConfigurationImpl.x",
        "/opt/tomcat/conf/web.xml | org.apache.tomcat.util.descriptor.web.WebXmlParser.parseWebXml",
        "/opt/tomcat/conf/context.xml | org.apache.catalina.startup.ContextConfig.x",
      })
  void whatTheJdkOrTheServerReadsForItself_isNoWayIn(String path, String frame) throws Exception {
    rows.alert("r1", "Something", "medium");
    addFileRead(
        path.strip(),
        "",
        "java.base/java.io.FileInputStream.<init>(F.java:1)",
        "java.base/java.security.AccessController.doPrivileged(A.java:1)",
        frame.strip() + "(X.java:1)",
        "shop.Plugin.load(P.java:1)");

    assertThat(onlyWayIn().title()).isEqualTo("A request raised an alert: GET /view");
    assertThat(onlyWayIn().severity()).isEqualTo(Severity.MEDIUM);
    assertThat(Rows.of(Evidences.report(rows), "files-read")).isEmpty();
    assertThat(Rows.of(Evidences.report(rows), "secrets")).isEmpty();
  }

  @Test
  void whatTheServerReadsBecauseTheRequestNamesIt_isPathTraversal() throws Exception {
    addFileRead(
        "/opt/tomcat/webapps/a/WEB-INF/web.xml",
        "f=/WEB-INF/web.xml",
        "java.io.FileInputStream.<init>(F.java:1)",
        "org.apache.catalina.webresources.FileResource.x(F.java:1)");

    assertThat(onlyWayIn().title()).contains("path traversal");
    assertThat(Rows.of(Evidences.report(rows), "files-read"))
        .extracting(Finding::title)
        .containsExactly("Read the descriptor of the web application");
    assertThat(Rows.of(Evidences.report(rows), "secrets")).isEmpty();
  }

  @Test
  void aKeystoreThatTheApplicationOpens_isNoPathTraversal() throws Exception {
    rows.alert("r1", "Key Material Read", "medium");
    addFileRead(
        "/app/keys/shop.p12",
        "",
        "java.io.FileInputStream.<init>(F.java:1)",
        "shop.Tls.x(T.java:1)");

    assertThat(onlyWayIn().title()).isEqualTo("A request read a file that matters: GET /view");
    assertThat(onlyWayIn().severity()).isEqualTo(Severity.MEDIUM);
  }

  @Test
  void aFileUrlThatTheRequestNames_isServerSideRequestForgery() throws Exception {
    addFileRead(
        "/etc/shadow",
        "url=file:///etc/shadow",
        "java.io.FileInputStream.<init>(F.java:1)",
        "sun.net.www.protocol.file.FileURLConnection.connect(F.java:1)",
        "shop.Fetch.get(F.java:1)");

    assertThat(onlyWayIn().title())
        .isEqualTo("Way in: server-side request forgery through GET /view");
  }

  @Test
  void descriptorsOfTheServer_areNoSecretsToRotate() throws Exception {
    rows.event("whorl.FileOpen", "path", "/opt/tomcat/conf/web.xml", "access", "read");
    rows.event("whorl.FileOpen", "path", "/opt/app/WEB-INF/web.xml", "access", "read");
    rows.of("r1", "whorl.ProcessStart", "command", "id", "pid", 7);
    rows.request("r1", "GET", "/x", "", ADDRESS, 200);

    Finding secrets = Rows.of(Evidences.report(rows), "secrets").get(0);
    assertThat(secrets.text()).doesNotContain("web.xml");
  }
}
