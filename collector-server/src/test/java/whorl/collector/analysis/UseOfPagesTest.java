package whorl.collector.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import whorl.collector.analysis.findings.Finding;
import whorl.collector.analysis.findings.Report;
import whorl.collector.analysis.kinds.Severity;
import whorl.collector.analysis.kinds.Technique;
import whorl.collector.timeline.Row;

/** Requests for pages that other requests wrote. */
class UseOfPagesTest extends UseOfShellFixture {
  @ParameterizedTest
  @CsvSource({
    "/opt/tomcat/webapps/ROOT/tomcatwar.jsp, /tomcatwar.jsp",
    "/opt/tomcat/webapps/shop/up/a-b.jsp, /shop/up/a-b.jsp;jsessionid=1",
    "/srv/site/up/a.jsp, /ctx/up/a.jsp",
  })
  void use_ofAPageThatARequestWrote_namesThatRequest(String file, String path) throws Exception {
    rows.of("r1", "whorl.FileOpen", "path", file, "access", "write", "created", true);
    rows.request("r1", "POST", "/upload", "", ADDRESS, 200);
    rows.later(5_000);
    rows.of("r2", "whorl.ProcessStart", "command", "id", "pid", 7);
    rows.request("r2", "GET", path, "pwd=j", ADDRESS, 200);

    Finding use = wayIn("Use of the page " + file + " through GET " + path);

    assertThat(use.text()).contains("the request POST /upload wrote it at 09:35:30.001");
    assertThat(wayIn("Way in: a file of code written through POST /upload").severity())
        .isEqualTo(Severity.CRITICAL);
    assertThat(wayIn("Way in: a file of code written through POST /upload").text())
        .contains("was used later on")
        .doesNotContain(NOTHING);
    Report report = Evidences.report(rows);
    assertThat(report.summary())
        .contains("The most severe way in began at 2026-11-25 09:35:29")
        .contains("a file of code written through POST /upload")
        .doesNotContain(NOTHING);
  }

  @Test
  void use_ofAPageThatIsReachedByAnotherPath_isKnownByJaspersFrames() throws Exception {
    rows.of(
        "r1",
        "whorl.FileOpen",
        "path",
        "/opt/webapps/ROOT/in-dex.jsp",
        "access",
        "write",
        "created",
        true);
    rows.request("r1", "PUT", "/in-dex.jsp/", "", ADDRESS, 201);
    rows.on(
        "java.lang.ProcessBuilder.start(P.java:1)",
        "org.apache.jsp.in_002ddex_jsp._jspService(in_002ddex_jsp.java:120)",
        "org.apache.jasper.runtime.HttpJspBase.service(HttpJspBase.java:70)",
        "javax.servlet.http.HttpServlet.service(HttpServlet.java:764)");
    rows.of("r2", "whorl.ProcessStart", "command", "id", "pid", 7);
    rows.request("r2", "GET", "/", "", ADDRESS, 200);

    assertThat(waysIn()).contains("Use of the page /opt/webapps/ROOT/in-dex.jsp through GET /");
  }

  @Test
  void compilingAPage_isPartOfItsUse_andNoFindingOfItsOwn() throws Exception {
    String work = "/opt/tomcat/work/Catalina/localhost/ROOT/org/apache/jsp/a_jsp.";
    rows.of("r1", "whorl.FileOpen", "path", "/opt/tomcat/webapps/ROOT/a.jsp", "access", "write");
    rows.request("r1", "POST", "/upload", "", ADDRESS, 200);
    String[] compiler = {
      "java.io.FileOutputStream.<init>(FileOutputStream.java:235)",
      "org.apache.jasper.compiler.Compiler.generateJava(Compiler.java:233)",
      "org.apache.jasper.JspCompilationContext.compile(JspCompilationContext.java:600)",
      "org.apache.jasper.servlet.JspServlet.service(JspServlet.java:331)"
    };
    rows.on(stack(compiler));
    Row written =
        rows.of("r2", "whorl.FileOpen", "path", work + "java", "access", "write", "created", true);
    rows.on(stack(compiler));
    rows.of("r2", "whorl.FileDelete", "path", work + "java");
    rows.on(stack(compiler));
    rows.of("r2", "whorl.FileOpen", "path", work + "class", "access", "write", "created", true);
    rows.on(
        stack(
            "java.lang.ProcessBuilder.start(P.java:1)",
            "org.apache.jsp.a_jsp._jspService(a_jsp.java:120)"));
    rows.of("r2", "whorl.ProcessStart", "command", "id", "pid", 7);
    rows.request("r2", "GET", "/a.jsp", "", ADDRESS, 200);

    Report report = Evidences.report(rows);

    assertThat(Rows.of(report, "files-written"))
        .extracting(Finding::title)
        .containsExactly("Wrote /opt/tomcat/webapps/ROOT/a.jsp");
    assertThat(report.findings())
        .noneMatch(each -> each.techniques().contains(Technique.FILE_DELETION));
    Finding use = wayIn("Use of the page /opt/tomcat/webapps/ROOT/a.jsp through GET /a.jsp");
    assertThat(use.text()).contains("2 files of its work folder are the compiler's own");
    assertThat(use.rows()).contains(written.id());
  }

  @Test
  void otherFilesThatAShellDeletes_areReported() throws Exception {
    rows.of("r1", "whorl.FileOpen", "path", "/opt/webapps/ROOT/a.jsp", "access", "write");
    rows.request("r1", "POST", "/upload", "", ADDRESS, 200);
    rows.on(
        stack("java.io.File.delete(F.java:1)", "org.apache.jsp.a_jsp._jspService(a_jsp.java:9)"));
    rows.of("r2", "whorl.FileDelete", "path", "/var/log/tomcat/access.log");
    rows.on(stack("java.lang.ProcessBuilder.start(P.java:1)", "org.apache.jsp.a_jsp.x(a.java:1)"));
    rows.of("r2", "whorl.ProcessStart", "command", "id", "pid", 7);
    rows.request("r2", "GET", "/a.jsp", "", ADDRESS, 200);

    assertThat(Rows.of(Evidences.report(rows), "files-written"))
        .anyMatch(each -> each.title().equals("Deleted /var/log/tomcat/access.log"));
  }

  @Test
  void aPageThatTheServerUnpacked_isTheApplications() throws Exception {
    rows.on("java.io.F.x(F.java:1)", "org.apache.catalina.startup.ExpandWar.expand(E.java:1)");
    rows.event("whorl.FileOpen", "path", "/opt/webapps/a/run.jsp", "access", "write");
    rows.on(
        stack("java.lang.ProcessBuilder.start(P.java:1)", "org.apache.jsp.run_jsp.x(r.java:1)"));
    rows.of("r2", "whorl.ProcessStart", "command", "/bin/sh -c id", "pid", 7);
    rows.request("r2", "GET", "/a/run.jsp", "", ADDRESS, 200);

    assertThat(waysIn())
        .containsExactly("Way in: a command run by a request through GET /a/run.jsp");
  }

  @Test
  void aPageOfTheSameNameInAnotherFolder_isAnotherPage() throws Exception {
    rows.of("r1", "whorl.FileOpen", "path", "/opt/webapps/a/up/run.jsp", "access", "write");
    rows.request("r1", "POST", "/upload", "", ADDRESS, 200);
    rows.on(
        stack("java.lang.ProcessBuilder.start(P.java:1)", "org.apache.jsp.admin.run_jsp.x(r:1)"));
    rows.of("r2", "whorl.ProcessStart", "command", "/bin/sh -c id", "pid", 7);
    rows.request("r2", "GET", "/a/admin/run.jsp", "", ADDRESS, 200);

    assertThat(waysIn())
        .contains("Way in: a command run by a request through GET /a/admin/run.jsp");
  }
}
