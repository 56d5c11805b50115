package whorl.collector.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import whorl.collector.analysis.findings.Finding;
import whorl.collector.analysis.findings.Report;
import whorl.collector.analysis.stix.StixBundle;
import whorl.collector.timeline.Column;
import whorl.evidence.Json;

/** Hostile rows: the report stays small, correct and fast. */
class HostileRowsTest {
  private static final List<String> ACTIONS =
      List.of(
          "whorl.HttpRequest",
          "whorl.FileOpen",
          "whorl.FileMode",
          "whorl.FileRename",
          "whorl.FileDelete",
          "whorl.ProcessStart",
          "whorl.ProcessExit",
          "whorl.ClassDefine",
          "whorl.ClassLoad",
          "class.found",
          "whorl.LoaderCreate",
          "whorl.LibraryLoad",
          "whorl.SocketConnect",
          "whorl.SocketBind",
          "whorl.DnsLookup",
          "whorl.JndiLookup",
          "whorl.JndiAnswer",
          "whorl.Deserialization",
          "whorl.ScriptEval",
          "whorl.Reflection",
          "whorl.XmlEntity",
          "whorl.Registration",
          "whorl.AgentLoad",
          "whorl.Tamper",
          "whorl.Alert",
          "alert.raised",
          "whorl.Console",
          "jdk.SecurityPropertyModification");
  private static final List<String> FIELDS =
      List.of(
          "path",
          "access",
          "created",
          "failed",
          "mode",
          "target",
          "command",
          "pid",
          "exitCode",
          "className",
          "origin",
          "sha256",
          "generator",
          "findings",
          "finding",
          "urls",
          "host",
          "address",
          "port",
          "addresses",
          "name",
          "codebase",
          "factory",
          "type",
          "gadget",
          "filterStatus",
          "engine",
          "source",
          "member",
          "by",
          "systemId",
          "kind",
          "jar",
          "what",
          "detail",
          "level",
          "title",
          "id",
          "line",
          "method",
          "query",
          "remoteAddress",
          "status",
          "elapsed",
          "forwardedFor",
          "userAgent",
          "key",
          "value",
          "dynamic");

  /**
   * Includes an unpaired surrogate, an escape sequence and an override of the writing direction.
   */
  private static final List<Object> VALUES =
      List.of(
          "",
          " ",
          "\ud800",
          "\u001b[2J\u202etxt",
          "../../../etc/shadow",
          "/proc/self/environ",
          "ldap://evil.example/a",
          "http://evil.example/x.jar",
          "T(java.lang.Runtime).getRuntime().exec('id')",
          "critical",
          "no-such-level",
          "true",
          "x".repeat(300_000),
          "(".repeat(20_000),
          "a".repeat(5_000) + "!",
          "/".repeat(20_000),
          -1L,
          Long.MAX_VALUE,
          Long.MIN_VALUE,
          3.14,
          true,
          List.of(List.of(Map.of("severity", 7))),
          List.of(Map.of("severity", "high", "kind", List.of(), "reason", Map.of())),
          Map.of("a", Map.of("b", List.of(1, 2))));

  private static final List<String> STACKS =
      List.of(
          ";;(;.;..;a;a.;.b;/;/.x;+0x.y;0x;\ud800.\u202e(\u001b)",
          "x.".repeat(50_000) + "run(X.java:1)",
          "x.Shell.run(X.java:1);".repeat(5_000),
          "org.apache.jsp." + "_002d".repeat(200) + ".x(X.java:1);org.apache.jsp.a_jsp.x",
          "T(java.lang.Runtime).getRuntime().exec('id').run(X.java:1);critical.run(Y.java:1)",
          "com.thoughtworks.xstream.\u001b[2J.x(X.java:1);java.beans.XMLDecoder.y");

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void rowsOfAnyShape_giveAReportThatIsBoundedAndTheSameEachTime(long seed) throws Exception {
    Report first = Evidences.report(random(new Random(seed)));
    Report second = Evidences.report(random(new Random(seed)));

    assertThat(second).isEqualTo(first);
    assertBounded(first);
    assertThatCode(() -> StixBundle.of(Evidences.of(Rows.EVIDENCE), first))
        .doesNotThrowAnyException();
    assertThat(Json.bytes(StixBundle.of(Evidences.of(Rows.EVIDENCE), second)))
        .isEqualTo(Json.bytes(StixBundle.of(Evidences.of(Rows.EVIDENCE), first)));
  }

  private static Rows random(Random random) {
    Rows rows = new Rows();
    for (int i = 0; i < 1_500; i++) {
      String action = ACTIONS.get(random.nextInt(ACTIONS.size()));
      Map<String, Object> fields = new TreeMap<>();
      for (int k = random.nextInt(10); k >= 0; k--) {
        Object value = VALUES.get(random.nextInt(VALUES.size()));
        boolean huge = value instanceof String text && text.length() > 10_000;
        if (!huge || random.nextInt(20) == 0) {
          fields.put(FIELDS.get(random.nextInt(FIELDS.size())), value);
        }
      }
      List<Object> pairs = new ArrayList<>();
      fields.forEach(
          (name, value) -> {
            pairs.add(name);
            pairs.add(value);
          });
      if (random.nextInt(3) == 0) {
        rows.on(STACKS.get(random.nextInt(STACKS.size())).split(";"));
      }
      String request = random.nextInt(3) == 0 ? "r" + random.nextInt(50) : null;
      if (request == null) {
        rows.event(action, pairs.toArray());
      } else {
        rows.of(request, action, pairs.toArray());
      }
    }
    return rows;
  }

  @Test
  void aHundredThousandSuspectRows_giveABoundedReportInTime() {
    Rows rows = new Rows();
    for (int i = 0; i < 12_500; i++) {
      String request = "r" + i;
      rows.of(
          request, "whorl.ScriptEval", "engine", "spel", "source", "T(Runtime).exec(" + i + ")");
      rows.on("x.C" + i / 2 + ".run(C.java:1)", "y.D.z(D.java:1)\n".repeat(60));
      rows.of(request, "whorl.ProcessStart", "command", "/bin/sh -c " + i, "pid", i);
      rows.of(request, "whorl.FileOpen", "path", "/tmp/" + i + ".sh", "access", "write");
      rows.of(request, "whorl.SocketConnect", "host", "h" + i + ".example", "port", i);
      rows.of(request, "whorl.ClassDefine", "className", "x.C" + i, "origin", "lookup");
      rows.of(request, "whorl.Registration", "kind", "filter", "className", "x.C" + i);
      rows.event("whorl.Alert", "id", "a" + i, "title", "Rule " + i, "level", "high");
      rows.request(request, "GET", "/p" + i, "", "198.51.100." + i % 250, 200);
    }

    assertThat(Duration.ofSeconds(60))
        .satisfies(
            limit -> {
              Report report =
                  org.junit.jupiter.api.Assertions.assertTimeoutPreemptively(
                      limit, () -> Evidences.report(rows));
              assertBounded(report);
              assertThat(report.findings())
                  .anyMatch(each -> each.title().equals("More than a report can hold"));
            });
  }

  /** An intruder prints what looks like the beginning of a secret again and again. */
  @Test
  void manyConsoleLines_thatNearlyHoldASecret_areReadInTime() {
    Rows rows = new Rows();
    String line = "eyJ-".repeat(500);
    for (int i = 0; i < 20_000; i++) {
      rows.event("whorl.Console", "stream", "stdout", "line", line);
    }
    rows.event("whorl.Console", "line", "got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc");

    Report report =
        org.junit.jupiter.api.Assertions.assertTimeoutPreemptively(
            Duration.ofSeconds(15), () -> Evidences.report(rows));

    assertThat(report.findings())
        .filteredOn(each -> each.title().equals("What looks like a secret was printed"))
        .singleElement()
        .satisfies(each -> assertThat(each.text()).startsWith("1 line of the console"));
  }

  /** Before each accent, a word boundary would look for the letter that begins the run of them. */
  @Test
  void manyTextsOfAccents_areReadInTime() {
    Rows rows = new Rows();
    String accents = "\u0301";
    for (int i = 0; i < 40; i++) {
      String source = "'" + accents.repeat(16_000) + "'" + i;
      rows.of("r" + i, "whorl.ScriptEval", "engine", "spel", "source", source);
    }
    for (int i = 0; i < 500; i++) {
      rows.event("whorl.Console", "stream", "stdout", "line", accents.repeat(1_990) + i);
    }
    rows.event("whorl.Console", "line", accents + "password=correct-horse");
    String code = accents + "T(java.lang.Runtime).getRuntime().exec('id')";
    rows.of("r", "whorl.ScriptEval", "engine", "spel", "source", code);

    Report report =
        org.junit.jupiter.api.Assertions.assertTimeoutPreemptively(
            Duration.ofSeconds(15), () -> Evidences.report(rows));

    assertThat(report.findings())
        .extracting(Finding::title)
        .contains("What looks like a secret was printed")
        .anyMatch(title -> title.contains("Way in"));
  }

  /** In a recording, thousands of events may share a text of a mebibyte. */
  @Test
  void manyRowsOfAMebibyte_needLittleMemory() throws Exception {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                LongRows.class.getName())
            .redirectErrorStream(true)
            .start();
    child.getOutputStream().close();
    String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(child.waitFor()).as(output).isZero();
    assertThat(output).contains("Way in", "Long texts were examined in part");
  }

  /** A character beyond ASCII takes more room in JSON. */
  @Test
  void longScriptBeyondAscii_isAWayIn() throws IOException {
    Rows rows = new Rows();
    Map<Column, Object> values = new EnumMap<>(Column.class);
    String source = "T(java.lang.Runtime).getRuntime().exec('id')" + "\u4e2d".repeat(12_000);
    values.put(Column.FIELDS, Json.text(Map.of("engine", "spel", "source", source)));
    values.put(Column.REQUEST_ID, "r1");
    rows.timeline.add(Rows.EVIDENCE, Rows.START, "whorl.ScriptEval", values);

    assertThat(Evidences.report(rows).findings())
        .extracting(Finding::title)
        .anyMatch(title -> title.contains("Way in"));
  }

  /** The program of the other JVM. */
  static final class LongRows {
    private LongRows() {}

    public static void main(String[] args) throws IOException {
      Rows rows = new Rows();
      Map<Column, Object> script = fields("source", "T(java.lang.Runtime).getRuntime().exec('id')");
      Map<Column, Object> end = fields("exitCode", "0");
      for (int i = 0; i < 2_200; i++) { // more than what a report can hold
        rows.timeline.add(Rows.EVIDENCE, Rows.START, "whorl.ScriptEval", script);
      }
      for (int i = 0; i < 600; i++) {
        rows.timeline.add(Rows.EVIDENCE, Rows.START, "whorl.ProcessExit", with(end, i));
      }
      Evidences.report(rows).findings().forEach(each -> System.out.println(each.title()));
    }

    private static Map<Column, Object> fields(String name, String value) {
      Map<Column, Object> values = new EnumMap<>(Column.class);
      values.put(
          Column.FIELDS,
          Json.text(Map.of("engine", "spel", name, value + " ".repeat(500_000) + "x")));
      values.put(Column.REQUEST_ID, "r1");
      return values;
    }

    private static Map<Column, Object> with(Map<Column, Object> values, long pid) {
      Map<Column, Object> more = new EnumMap<>(values);
      more.put(Column.PROCESS_PID, pid);
      return more;
    }
  }

  @Test
  void malformedFields_loseOnlyTheirRow() throws Exception {
    Rows rows = new Rows();
    Map<Column, Object> damaged = new EnumMap<>(Column.class);
    damaged.put(Column.FIELDS, "{\"path\":");
    damaged.put(Column.REQUEST_ID, "r1");
    for (String action : ACTIONS) {
      rows.timeline.add(Rows.EVIDENCE, Rows.START, action, new LinkedHashMap<>(damaged));
    }
    rows.event("whorl.Tamper", "what", "recording-stopped");

    assertThat(Evidences.report(rows).findings())
        .anyMatch(each -> each.title().equals("The flight recording was stopped"));
  }

  private static void assertBounded(Report report) {
    assertThat(report.findings().size()).isLessThanOrEqualTo(203);
    assertThat(report.chain().size()).isLessThanOrEqualTo(200);
    assertThat(report.summary().length()).isLessThan(6_000);
    assertThat(Json.bytes(report).length).isLessThan(4 << 20);
    for (Finding finding : report.findings()) {
      assertThat(finding.rows().size()).isLessThanOrEqualTo(100);
      assertThat(finding.text().length()).isLessThanOrEqualTo(4_001);
      assertThat(finding.text() + finding.title() + report.summary())
          .doesNotContain("\u001b", "\u202e", "\ud800");
    }
    assertThat(report.findings()).extracting(Finding::id).doesNotHaveDuplicates();
  }
}
