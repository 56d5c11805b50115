package whorl.collector.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import whorl.collector.analysis.findings.Finding;
import whorl.collector.analysis.findings.Subject;
import whorl.collector.analysis.kinds.Severity;
import whorl.collector.analysis.kinds.Technique;

/** Code that came at run time, and what survives a restart. */
class CodeAndPersistenceTest extends AnalysisFixture {
  @Test
  void codeLoaded_classOfAnUnknownGenerator_namesItsDigest() throws Exception {
    addInjection("r1");
    rows.of("r1", "whorl.ClassDefine", "className", "a.Promo", "origin", "lookup", "sha256", HASH);
    addAnsweredRequest("r1");
    rows.event(
        "class.found",
        "className",
        "a.Promo",
        "findings",
        List.of(Map.of("kind", "made-class", "severity", "medium", "reason", "it is in no jar")));

    Finding finding = only("code-loaded");

    assertThat(finding.severity()).isEqualTo(Severity.CRITICAL);
    assertThat(finding.text()).contains("a.Promo", HASH, "it is in no jar");
    assertThat(finding.subjects())
        .contains(new Subject(Subject.Kind.CLASS, "a.Promo"), new Subject(Subject.Kind.HASH, HASH));
  }

  @Test
  void codeLoaded_classOfAKnownGenerator_isNotReported() throws Exception {
    addInjection("r1");
    rows.of(
        "r1",
        "whorl.ClassDefine",
        "className",
        "a.B$$Fast",
        "origin",
        "loader",
        "generator",
        "spring-cglib");
    addAnsweredRequest("r1");

    assertThat(Rows.of(report(), "code-loaded")).isEmpty();
  }

  /** An intruder can load it millions of times, and each sentence would be in memory. */
  @Test
  void codeLoaded_classThatIsDownloadedAgainAndAgain_hasSomeSentences() throws Exception {
    for (int i = 0; i < 20; i++) {
      rows.event("whorl.ClassLoad", "className", "Evil", "codeSource", "http://evil.example/");
    }

    assertThat(only("code-loaded").text().split("over the network", -1)).hasSize(11);
  }

  @Test
  void codeLoaded_findingOfTheCapture_isTakenOver() throws Exception {
    rows.event(
        "class.found",
        "className",
        "org.apache.catalina.core.StandardWrapperValve",
        "findings",
        List.of(
            Map.of("kind", "changed-class", "severity", "critical", "reason", "it was changed")));

    assertThat(only("code-loaded").severity()).isEqualTo(Severity.CRITICAL);
    assertThat(only("code-loaded").techniques()).containsExactly(Technique.PROCESS_INJECTION);
  }

  @Test
  void persistence_filterRegisteredForARequest_isCritical() throws Exception {
    rows.of("r1", "whorl.Registration", "kind", "filter", "className", "x.Shell", "target", "/*");
    rows.request("r1", "POST", "/import", "", ADDRESS, 200);

    Finding finding = only("persistence");

    assertThat(finding.severity()).isEqualTo(Severity.CRITICAL);
    assertThat(finding.techniques()).containsExactly(Technique.WEB_SHELL);
    assertThat(finding.text()).contains("registered the filter x.Shell for /*");
    assertThat(report().summary()).contains("What stays: registered the filter x.Shell");
  }

  @Test
  void persistence_filterThatTheCaptureFound_isTakenOver_andIsNoCodeFinding() throws Exception {
    rows.event(
        "class.found",
        "className",
        "x.Shell",
        "sha256",
        HASH,
        "findings",
        List.of(
            Map.of(
                "kind",
                "filter",
                "severity",
                "critical",
                "reason",
                "it is in no jar",
                "target",
                "/*")));

    Finding finding = only("persistence");

    assertThat(finding.severity()).isEqualTo(Severity.CRITICAL);
    assertThat(finding.text()).contains("the filter x.Shell was in use for /*: it is in no jar");
    assertThat(Rows.of(report(), "code-loaded")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "/etc/cron.d/x,CRON",
    "/etc/systemd/system/x.service,SYSTEMD_SERVICE",
    "/root/.ssh/authorized_keys,SSH_AUTHORIZED_KEYS",
    "/etc/ld.so.preload,DYNAMIC_LINKER",
    "/home/a/.bashrc,SHELL_CONFIGURATION",
    "/app/webapps/ROOT/x.jsp,WEB_SHELL",
  })
  void persistence_startupFile_isCriticalForARequest(String path, Technique technique)
      throws Exception {
    addInjection("r1");
    rows.of("r1", "whorl.FileOpen", "path", path, "access", "write", "created", true);
    addAnsweredRequest("r1");

    assertThat(only("persistence").severity()).isEqualTo(Severity.CRITICAL);
    assertThat(only("persistence").techniques()).containsExactly(technique);
  }
}
