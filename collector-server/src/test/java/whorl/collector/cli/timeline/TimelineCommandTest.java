package whorl.collector.cli.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import whorl.collector.cli.CliRun;
import whorl.collector.cli.FakeCollector;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.evidence.Json;

final class TimelineCommandTest {
  private static final String PATH = "GET /api/v1/evidence/evidence-1/timeline";
  private static final String ROW =
      "{'@timestamp':'2026-11-25T09:35:28.391825818Z','jvm.row':%d,'event.action':'%s',"
          + "'event.category':'%s','message':'%s','process.thread.name':'http-1',"
          + "'http.request.id':'r-7','jvm.stack_trace':'a.A.a(A.java:1)\\nb.B.b(B.java:2)',"
          + "'service.name':'shop','event.id':'evidence-1:%d'}";

  @TempDir Path folder;
  private FakeCollector collector;
  private final CliRun cli = new CliRun();

  @BeforeEach
  void start() throws Exception {
    collector = new FakeCollector();
  }

  @AfterEach
  void stop() {
    collector.close();
  }

  @Test
  void rows_areATable() {
    collector.on(PATH, page(row(3, "whorl.FileOpen", "file", "opened /etc/passwd")));

    assertThat(cli.run(collector, "timeline", "--evidence", "evidence-1"))
        .isEqualTo(ExitStatus.DONE);

    assertThat(cli.out().lines())
        .containsExactly(
            "TIME\tEVENT\tWHAT\tTHREAD\tREQUEST\tROW",
            "2026-11-25 09:35:28.391Z\twhorl.FileOpen\topened /etc/passwd\thttp-1\tr-7\t3");
  }

  @Test
  void times_areByOneClock_andThatIsSaidOnce() {
    String row =
        row(3, "whorl.FileOpen", "file", "opened x")
            .replace("'event.id'", "'jvm.time':'2026-11-25T09:35:28.375Z','event.id'");
    collector.on(
        PATH, page(row).replace("]}", "],'index':{'state':'ready','clockOffsetMillis':16}}"));

    cli.run(collector, "timeline", "evidence-1");
    assertThat(cli.out()).contains("09:35:28.391Z");
    assertThat(cli.err())
        .isEqualTo(
            "whorl: times are by the collector's clock; the agent's are corrected by 16 ms,"
                + " --raw-times shows them as they are\n");

    CliRun raw = new CliRun();
    raw.run(collector, "timeline", "evidence-1", "--raw-times");
    assertThat(raw.out()).contains("09:35:28.375Z");
    assertThat(raw.err()).isEmpty();
    assertThat(raw.run(collector, "timeline", "evidence-1", "--raw-times", "--format=csv"))
        .isEqualTo(ExitStatus.WRONG_USAGE);
  }

  @Test
  void rowsOfSeveralPieces_haveShortNames_thatCommandsTake() {
    String first = "0199f0a2-7c51-7e43-9d5e-0a4b6c2d1e0f";
    String second = "0199f0a2-7c51-7e43-9d5e-0a4b6c2d1eff";
    String row =
        row(3, "whorl.FileOpen", "file", "opened /srv/uploads/2026/11/report.pdf")
            .replace("evidence-1:3", first + ":3");
    collector
        .on("GET /api/v1/timeline", page(row))
        .on("GET /api/v1/ids", "{'ids':[{'id':'" + first + "'}],'more':false}");

    cli.terminal(80, false)
        .run(
            collector,
            "timeline",
            "--evidence",
            first + "," + second,
            "--around",
            "6c2d1e0f:3",
            "--span",
            "2m");

    assertThat(cli.out()).contains("6c2d1e0f:3", "opened /srv/uploads/2026").doesNotContain(first);
    assertThat(collector.requests.get(1).uri()).contains("around=" + first + "%3A3");
  }

  @Test
  void export_saysWhatItLeavesOut() {
    byte[] csv = "a,b\r\n".getBytes(StandardCharsets.UTF_8);
    FakeCollector.Answer[] answers = {
      FakeCollector.Answer.json(200, page(row(3, "whorl.FileOpen", "file", "opened x"))),
      new FakeCollector.Answer(200, Map.of("Whorl-Left-Out", "12"), csv, csv.length)
    };
    collector.on(PATH, answers);

    assertThat(cli.run(collector, "timeline", "evidence-1", "--format=csv"))
        .isEqualTo(ExitStatus.DONE);
    assertThat(cli.err())
        .isEqualTo("whorl: 12 rows that say the same as others left out; --duplicates shows all\n");

    collector.on(PATH, answers);
    CliRun toFile = new CliRun();
    Path out = folder.resolve("rows.csv");
    assertThat(toFile.run(collector, "timeline", "evidence-1", "--out", out.toString()))
        .isEqualTo(ExitStatus.DONE);
    assertThat(toFile.err()).contains("12 rows that say the same as others left out");
  }

  @Test
  void marks_areInAColumnOfTheirOwn() {
    String marked =
        row(3, "whorl.FileOpen", "file", "opened x")
            .replace("'event.id'", "'star':true,'tag':['shell'],'comment':'bob: odd','event.id'");
    collector.on(PATH, page(marked));

    assertThat(
            cli.run(
                collector, "timeline", "--evidence", "evidence-1", "--marked", "--tag", "shell"))
        .isEqualTo(ExitStatus.DONE);

    assertThat(collector.requests.get(0).uri()).contains("marked=true&tag=shell");
    assertThat(cli.out()).contains("MARKS").contains("★ [shell] bob: odd");
  }

  @Test
  void stacks_areBelowTheirRow() {
    collector.on(PATH, page(row(3, "whorl.FileOpen", "file", "opened x")));

    cli.run(collector, "timeline", "--evidence", "evidence-1", "--stacks");

    assertThat(cli.out().lines().skip(2))
        .containsExactly("    at a.A.a(A.java:1)", "    at b.B.b(B.java:2)");
    assertThat(collector.requests.get(0).uri()).contains("stacks=true");
  }

  @Test
  void categories_haveColours_andHostileTextHasNone() {
    collector.on(
        PATH,
        page(
            row(0, "whorl.ProcessStart", "process", "started \\u001b[2Jsh\\u202e"),
            row(1, "whorl.SocketConnect", "network", "connected")));

    cli.terminal(200, true).run(collector, "timeline", "--evidence", "evidence-1");

    assertThat(cli.out())
        .contains("\u001b[31mwhorl.ProcessStart\u001b[0m", "\u001b[36mwhorl.SocketConnect")
        .doesNotContain("\u001b[2J", "\u202e");
  }

  @Test
  void filters_areSentEncoded() {
    collector.on(PATH, page());

    int status =
        cli.run(
            collector,
            "timeline",
            "--evidence=evidence-1",
            "--from=2026-11-25T09:00:00+01:00",
            "--type=whorl.File*,x.Y",
            "--grep=a b",
            "--where=process.command_line:contains:a;b",
            "--where=file.size>1",
            "--where=request.id=r-*",
            "--where=message=*ab*",
            "--thread=http-1",
            "--request=r-7",
            "--around=5",
            "--span=2s",
            "--newest-first",
            "--limit=7");

    assertThat(status).isEqualTo(ExitStatus.NOTHING_MATCHED);
    assertThat(cli.err()).contains("no rows match");
    assertThat(collector.requests.get(0).uri())
        .isEqualTo(
            "/api/v1/evidence/evidence-1/timeline?from=2026-11-25T08%3A00%3A00Z"
                + "&type=whorl.File*%2Cx.Y&q=a+b"
                + "&where=process.command_line%3Acontains%3Aa%5C%3Bb%3Bfile.size%3Agt%3A1%3Brequest.id%3Aprefix%3Ar-%3Bmessage%3Acontains%3Aab"
                + "&thread=http-1&request=r-7&around=5&span=2s&order=desc&limit=7");
  }

  @Test
  void pages_areFollowedUpToTheLimit() {
    collector.on(
        PATH,
        FakeCollector.Answer.json(
            200,
            page(row(0, "a", "file", "x"))
                .replace("}", "}")
                .replaceFirst("]\\}$", "],'next':'n1'}")),
        FakeCollector.Answer.json(
            200, page(row(1, "b", "file", "y")).replaceFirst("]\\}$", "],'next':'n2'}")));

    assertThat(cli.run(collector, "timeline", "--evidence=evidence-1", "--limit=2"))
        .isEqualTo(ExitStatus.DONE);

    assertThat(cli.out().lines()).hasSize(3);
    assertThat(cli.err()).contains("raise --limit");
    assertThat(collector.requests.get(1).uri()).endsWith("limit=1&cursor=n1");
  }

  @Test
  void severalPieces_areOneTable_withTheirServices() {
    collector.on("GET /api/v1/timeline", page(row(3, "x.Y", "file", "m")));

    cli.run(collector, "timeline", "--evidence", "evidence-1,evidence-2");
    cli.run(collector, "timeline", "--case", "case-00000001");

    assertThat(cli.out()).contains("SERVICE", "shop", "evidence-1:3");
    assertThat(collector.requests.get(0).uri())
        .startsWith("/api/v1/timeline?evidence=evidence-1%2Cevidence-2&");
    assertThat(collector.requests.get(1).uri()).startsWith("/api/v1/timeline?case=case-00000001&");
  }

  @Test
  void command_waitsForTheIndex_andReportsIt() {
    FakeCollector.Answer busy =
        FakeCollector.Answer.json(
            409,
            "{'title':'timeline not ready','status':409,"
                + "'detail':'evidence evidence-1 is being indexed, 40 %'}");
    collector.on(
        PATH,
        new FakeCollector.Answer(409, Map.of("Retry-After", "0"), busy.body(), busy.length()),
        new FakeCollector.Answer(409, Map.of("Retry-After", "0"), busy.body(), busy.length()),
        FakeCollector.Answer.json(200, page(row(0, "x.Y", "file", "m"))));

    assertThat(cli.run(collector, "timeline", "--evidence=evidence-1")).isEqualTo(ExitStatus.DONE);

    assertThat(cli.err().lines())
        .containsExactly("whorl: timeline not ready: evidence evidence-1 is being indexed, 40 %");
    assertThat(cli.out()).contains("x.Y");
  }

  @Test
  void failedIndex_endsTheCommand() {
    collector.on(
        PATH,
        FakeCollector.Answer.json(
            409, "{'title':'no timeline','status':409,'detail':'could not be read'}"));

    assertThat(cli.run(collector, "timeline", "--evidence=evidence-1"))
        .isEqualTo(ExitStatus.FAILED);
    assertThat(cli.err()).contains("could not be read");
  }

  @Test
  void format_writesTheBytesUnchanged() {
    byte[] csv = "a,b\r\n\"x\",\"\u001b\"\r\n".getBytes(StandardCharsets.UTF_8);
    collector.on(
        PATH,
        FakeCollector.Answer.json(200, page(row(0, "x.Y", "file", "m"))),
        FakeCollector.Answer.bytes(csv));

    assertThat(cli.run(collector, "timeline", "--evidence=evidence-1", "--format=csv"))
        .isEqualTo(ExitStatus.DONE);

    assertThat(cli.out()).isEqualTo(new String(csv, StandardCharsets.UTF_8));
    assertThat(collector.requests.get(1).uri()).endsWith("?format=csv");
  }

  @Test
  void format_onATerminal_isMadeHarmless() {
    collector.on(
        PATH,
        FakeCollector.Answer.json(200, page(row(0, "x.Y", "file", "m"))),
        FakeCollector.Answer.bytes("0|/tmp/\u009b2J|\nx".getBytes(StandardCharsets.UTF_8)));

    cli.terminal(80, true).run(collector, "timeline", "--evidence=evidence-1", "--format=bodyfile");

    assertThat(cli.out()).isEqualToNormalizingNewlines("0|/tmp/\uFFFD2J|\nx\n");
  }

  @Test
  void out_isAFile_whoseExtensionNamesTheFormat() throws Exception {
    collector.on(
        PATH,
        FakeCollector.Answer.json(200, page(row(0, "x.Y", "file", "m"))),
        FakeCollector.Answer.bytes(new byte[] {'P', 'A', 'R', '1'}));
    Path out = folder.resolve("t.parquet");

    assertThat(cli.run(collector, "timeline", "--evidence=evidence-1", "--out=" + out))
        .isEqualTo(ExitStatus.DONE);

    assertThat(Files.readString(out)).isEqualTo("PAR1");
    assertThat(cli.out().strip()).isEqualTo(out.toString());
    assertThat(collector.requests.get(1).uri()).endsWith("?format=parquet");
  }

  @Test
  void export_ofNothing_isStatus4() {
    collector.on(
        PATH,
        FakeCollector.Answer.json(200, page()),
        FakeCollector.Answer.bytes("a,b\r\n".getBytes(StandardCharsets.UTF_8)));

    assertThat(cli.run(collector, "timeline", "--evidence=evidence-1", "--format=csv"))
        .isEqualTo(ExitStatus.NOTHING_MATCHED);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "|no evidence is named",
        "--evidence evidence-1 --case case-00000001|exclude one another",
        "--evidence x|not an id",
        "evidence-1 --from soon|not a time: soon",
        "evidence-1 --where path|not FIELD=VALUE",
        "evidence-1 --where path=a*b|a * is possible at the end",
        "evidence-1 --json --format csv|exclude each other",
        "--service shop|add --follow",
        "--evidence evidence-1 --limit 0|--limit 0",
        "--evidence evidence-1 --format xml|there are json, ndjson, csv",
        "--evidence evidence-1 --format parquet|give --out FILE",
        "--evidence evidence-1 --out x.doc|implies no format",
        "--follow|no agent to follow is given",
        "--follow --service s --agent agent-0001|exclude one another",
        "--follow --service s --evidence evidence-1|not for --follow",
        "--follow --service s --format csv|ndjson",
        "--follow --service s --from 2026-11-25T09:00:00Z|--since has no meaning with --follow",
      })
  void wrongUsage_isNamed(String arguments, String expected) {
    String[] words = arguments == null ? new String[0] : arguments.split(" ");
    String[] all = new String[words.length + 1];
    all[0] = "timeline";
    System.arraycopy(words, 0, all, 1, words.length);

    assertThat(cli.run(collector, all)).isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(cli.err()).contains(expected);
    assertThat(collector.requests).isEmpty();
  }

  @Test
  void findings_areReadable() {
    collector.on(
        "GET /api/v1/evidence/evidence-1/findings",
        "{'evidence':'evidence-1','summary':'Somebody got in.','chain':[{'time':"
            + "'2026-11-25T09:35:28.391Z','what':'asked for /search','row':'evidence-1:3',"
            + "'tactic':'initial-access'}],'findings':[{'id':'f2','severity':'low','title':'Odd',"
            + "'text':'It is odd.','techniques':[],'rows':[]},{'id':'f1','severity':'critical',"
            + "'title':'A shell \\u001b[2Jwas started','text':'"
            + "Many words. ".repeat(20)
            + "','techniques':[{'id':'T1059.004','name':'Unix Shell'}],'rows':['evidence-1:3',"
            + "'evidence-1:4']}],'scope':[{'kind':'host','value':'evil.example','elsewhere':[{"
            + "'agent':'agent-0002','service':'cart','pod':null,'evidence':'evidence-9',"
            + "'firstSeen':'2026-11-25T09:30:00Z','lastSeen':'2026-11-25T09:31:00Z'}]},"
            + "{'kind':'file','value':'/x','elsewhere':[]}]}");

    assertThat(cli.run(collector, "findings", "--evidence=evidence-1")).isEqualTo(ExitStatus.DONE);

    assertThat(cli.out())
        .containsSubsequence(
            "Somebody got in.",
            "2026-11-25 09:35:28.391Z  asked for /search (initial-access)",
            "CRITICAL  A shell",
            "T1059.004 Unix Shell · rows 3, 4",
            "LOW  Odd",
            "Seen elsewhere",
            "host evil.example",
            "service cart · agent agent-0002 ·")
        .doesNotContain("\u001b", "/x", "pod null");
    assertThat(cli.out().lines()).allMatch(line -> line.length() <= 100);
  }

  @Test
  void series_areReadable() {
    collector.on(
        "GET /api/v1/evidence/evidence-1/series",
        "{'from':'2026-11-25T09:30:00Z','bucketMillis':1000,'buckets':1,'recordings':["
            + "'recording.jfr'],'problems':['chunk 3 is \\u001b[2Jdamaged'],'series':[{'name':"
            + "'cpu.jvm.user','unit':'ratio','min':0.01,'mean':0.25,'max':0.9,'values':[0.25]},"
            + "{'name':'allocation.sampled','unit':'bytes/s','min':0,'mean':1024,'max':2048,"
            + "'total':4096,'values':[1024]}]}");

    assertThat(cli.run(collector, "series", "--evidence=evidence-1")).isEqualTo(ExitStatus.DONE);

    assertThat(cli.out().lines())
        .containsExactly(
            "SERIES\tLEAST\tMEAN\tGREATEST\tTOTAL",
            "cpu.jvm.user\t1.0 %\t25.0 %\t90.0 %\t-",
            "allocation.sampled\t0 B/s\t1.0 KiB/s\t2.0 KiB/s\t4.0 KiB");
    assertThat(cli.err()).contains("damaged").doesNotContain("\u001b");
  }

  @Test
  void series_none_isStatus4() {
    collector.on(
        "GET /api/v1/evidence/evidence-1/series",
        "{'bucketMillis':0,'buckets':0,'recordings':[],'problems':["
            + "'this evidence has no recording'],'series':[]}");

    assertThat(cli.run(collector, "series", "--evidence=evidence-1"))
        .isEqualTo(ExitStatus.NOTHING_MATCHED);
    assertThat(cli.err()).contains("this evidence has no recording");
  }

  @Test
  void findings_none_isStatus4() {
    collector.on(
        "GET /api/v1/evidence/evidence-1/findings",
        "{'evidence':'evidence-1','summary':'Nothing.','chain':[],'findings':[],'scope':[]}");

    assertThat(cli.run(collector, "findings", "--evidence=evidence-1"))
        .isEqualTo(ExitStatus.NOTHING_MATCHED);
    assertThat(cli.out()).contains("Nothing was found.");
  }

  @Test
  void findings_asStix_areTheBundle() throws Exception {
    collector.on(
        "GET /api/v1/evidence/evidence-1/findings",
        FakeCollector.Answer.json(200, "{'findings':[{'id':'f'}]}"),
        FakeCollector.Answer.json(200, "{'type':'bundle','objects':[]}"));

    assertThat(cli.run(collector, "findings", "--evidence=evidence-1", "--format=stix"))
        .isEqualTo(ExitStatus.DONE);

    JsonNode printed = Json.MAPPER.readTree(cli.out());
    assertThat(printed.get("type").asText()).isEqualTo("bundle");
    assertThat(collector.requests.get(1).uri()).endsWith("?format=stix");
  }

  private static String row(int number, String action, String category, String message) {
    return ROW.formatted(number, action, category, message, number);
  }

  private static String page(String... rows) {
    return "{'rows':[" + String.join(",", List.of(rows)) + "]}";
  }
}
