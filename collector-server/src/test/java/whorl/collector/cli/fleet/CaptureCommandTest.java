package whorl.collector.cli.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.cli.CliRun;
import whorl.collector.cli.FakeCollector;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Progress;
import whorl.collector.cli.terminal.Terminal;
import whorl.evidence.Json;
import whorl.evidence.channel.ArtifactKind;

final class CaptureCommandTest {
  private static final String STARTED =
      "{'captures':[{'id':'capture-1','agent':'agent-0001','state':'requested'}]}";
  private static final String STATE = "GET /api/v1/captures/capture-1";

  private static final String HEAP =
      "{'path':'stream','content':'redacted','pauseMillis':1900,'dumpBytes':851863142,"
          + "'storedBytes':100768153,'bytesPerSecond':315621376}";

  private final CliRun cli = new CliRun();
  private FakeCollector collector;

  @BeforeEach
  void start() throws Exception {
    collector = new FakeCollector();
    collector.on("POST /api/v1/captures", FakeCollector.Answer.json(202, STARTED));
  }

  @AfterEach
  void stop() {
    collector.close();
  }

  private static FakeCollector.Answer state(String state, String more) {
    return FakeCollector.Answer.json(
        200, "{'id':'capture-1','agent':'agent-0001','state':'" + state + "'" + more + "}");
  }

  @Test
  void emptyPartOfTheTarget_isWrongUsage_andNotForAllOrNone() {
    assertThat(cli.run(collector, "capture", "--service", "")).isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(cli.err()).contains("--service is empty");
    assertThat(cli.run(collector, "schedules", "set", "a", "--every", "1h", "--namespace", " "))
        .isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(cli.err()).contains("--namespace is empty");
  }

  /** The kinds are listed for people and for programs, in places that share no code. */
  @Test
  void kindsOfArtifacts_areTheSame_inHelpPageAndDescription() throws Exception {
    assertThat(cli.run("capture", "--help")).isEqualTo(ExitStatus.DONE);
    String kinds = String.join(", ", ArtifactKind.ALL);
    assertThat(cli.out().replaceAll("\\s+", " ")).contains("Artifacts: " + kinds + ".");

    Path resources = Path.of("src/main/resources");
    assertThat(Files.readString(resources.resolve("openapi.yaml")))
        .contains("enum: [" + kinds + "]");
    String page = Files.readString(resources.resolve("page/views/capture.js"));
    String listed = page.substring(page.indexOf("const ARTIFACTS"));
    assertThat(
            Pattern.compile("\\['([a-z]+)', '")
                .matcher(listed.substring(0, listed.indexOf("];")))
                .results()
                .map(found -> found.group(1)))
        .containsExactlyInAnyOrderElementsOf(ArtifactKind.ALL);
  }

  @Test
  void capture_sendsTheGivenOptions() throws Exception {
    int status =
        cli.run(
            collector,
            "capture",
            "--service=shop",
            "--label=team=a",
            "--label",
            "tier=web",
            "--artifacts=heap,threads",
            "--reason=odd \"logins\"",
            "--force");

    assertThat(status).isEqualTo(ExitStatus.DONE);
    FakeCollector.ReceivedRequest requests = collector.requests.get(0);
    assertThat(Json.MAPPER.readTree(requests.body()))
        .isEqualTo(
            Json.MAPPER.readTree(
                "{\"target\":{\"service\":\"shop\",\"labels\":{\"team\":\"a\",\"tier\":\"web\"}},"
                    + "\"artifacts\":[\"heap\",\"threads\"],\"reason\":\"odd \\\"logins\\\"\","
                    + "\"force\":true}"));
    assertThat(requests.header("Idempotency-key")).isNotBlank();
    assertThat(cli.out().lines())
        .containsExactly("CAPTURE\tSTATE\tEVIDENCE\tAGENT", "capture-1\trequested\t-\tagent-0001");
  }

  @Test
  void capture_leftOutParts_areLeftToTheCollector() throws Exception {
    cli.run(collector, "capture", "--pod", "shop-1");
    assertThat(collector.requests.get(0).body()).isEqualTo("{\"target\":{\"pod\":\"shop-1\"}}");
  }

  @Test
  void capture_noTarget_isWrongUsage() {
    assertThat(cli.run(collector, "capture", "--reason", "x")).isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(cli.err()).contains("give --service");
    assertThat(collector.requests).isEmpty();
  }

  @Test
  void capture_noMatch_exitsFour() {
    collector.on(
        "POST /api/v1/captures",
        FakeCollector.Answer.json(404, "{'title':'no match','detail':'no agent of service x'}"));

    assertThat(cli.run(collector, "capture", "--service", "x"))
        .isEqualTo(ExitStatus.NOTHING_MATCHED);
    assertThat(cli.err()).contains("no match: no agent of service x");
  }

  @Test
  void wait_printsEachStateOnceUntilSealed() {
    collector.on(
        STATE,
        state("running", ""),
        state("running", ""),
        state("shipping", ",'progress':{'bytes':1,'of':2}"),
        state("sealed", ",'evidence':'evidence-1','progress':{'bytes':2,'of':2}"));

    assertThat(cli.run(collector, "capture", "--service", "shop", "--wait"))
        .isEqualTo(ExitStatus.DONE);

    assertThat(cli.err().lines().toList())
        .startsWith(
            "whorl: capture capture-1 of agent agent-0001",
            "whorl: capturing: running",
            "whorl: capturing: shipping",
            "whorl: capturing: sealed")
        .hasSize(5)
        .last()
        .asString()
        .matches("whorl: 2 B in [0-9.]+ m?s, [0-9.]+ (K|M)?i?B/s on average");
    assertThat(cli.out()).contains("capture-1\tsealed\tevidence-1\tagent-0001");
  }

  @Test
  void wait_partial_isAFailureWithItsReason() {
    collector.on(STATE, state("partial", ",'failure':'the agent is gone'"));

    assertThat(cli.run(collector, "capture", "--service", "shop", "--wait"))
        .isEqualTo(ExitStatus.FAILED);
    assertThat(cli.err()).contains("capture capture-1: the agent is gone");
  }

  @Test
  void out_partialThatIsNotSealedYet_saysWhenItCanBeRead(@TempDir Path folder) {
    collector.on(STATE, state("partial", ",'evidence':'evidence-1','failure':'the agent is gone'"));

    int status =
        cli.run(collector, "capture", "--service=shop", "--artifacts=heap", "--out=" + folder);

    assertThat(status).isEqualTo(ExitStatus.FAILED);
    assertThat(cli.err())
        .contains("can be read ten minutes after the agent left", "the agent is gone");
    assertThat(collector.requests).noneMatch(each -> each.uri().contains("/evidence/"));
  }

  @Test
  void wait_neverEnds_stopsAfterTheTimeout() {
    collector.on(STATE, state("running", ""));

    int status = cli.run(collector, "capture", "--service", "shop", "--wait", "--timeout", "0");

    assertThat(status).isEqualTo(ExitStatus.FAILED);
    assertThat(cli.err()).contains("the capture has not ended after 0 min; it goes on");
  }

  @Test
  void wait_collectorRestarts_isWaitedFor() {
    byte[] cut = new byte[0];
    FakeCollector.Answer broken = new FakeCollector.Answer(200, java.util.Map.of(), cut, 10);
    // the client's own second attempt takes one more answer
    collector.on(STATE, state("running", ""), broken, broken, broken, state("sealed", ""));

    assertThat(cli.run(collector, "capture", "--service", "shop", "--wait"))
        .isEqualTo(ExitStatus.DONE);
    assertThat(cli.err()).contains("whorl: capturing: waits for the collector");
  }

  @Test
  void wait_collectorStaysUnreachable_isAFailure() {
    collector.on(STATE, new FakeCollector.Answer(200, java.util.Map.of(), new byte[0], 10));

    assertThat(cli.run(collector, "capture", "--service", "shop", "--wait"))
        .isEqualTo(ExitStatus.FAILED);
    assertThat(cli.err()).contains("cannot reach the collector");
  }

  @Test
  void wait_onATerminal_showsABar() {
    collector.on(STATE, state("sealed", ",'progress':{'bytes':2097152,'of':2097152}"));

    int status = cli.terminal(100, false).run(collector, "capture", "--service", "shop", "--wait");

    assertThat(status).isEqualTo(ExitStatus.DONE);
    assertThat(cli.out()).contains("\rCapturing", "2/2 MiB", "sealed");
  }

  @Test
  void wait_onATerminalWhileTheHeapStreams_showsBytesAndRateAndNoEnd() {
    collector.on(
        STATE,
        streaming(10),
        streaming(20),
        streaming(30),
        state("sealed", ",'progress':{'bytes':31457280,'of':0}"));

    int status =
        cli.terminal(100, false)
            .clockAdvances(Duration.ofMillis(500))
            .run(collector, "capture", "--service", "shop", "--wait");

    assertThat(status).isEqualTo(ExitStatus.DONE);
    // the bar's timer decides which frames are drawn; none may show a known end
    assertThat(cli.out()).contains("30/30 MiB", "MiB/s, sealed");
    assertThat(cli.out()).doesNotContain("10/10 MiB", "20/20 MiB");
  }

  @Test
  void bar_withUnknownTotal_movesToAndFro() {
    ByteArrayOutputStream drawn = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(drawn, true, StandardCharsets.UTF_8);
    Terminal terminal = new Terminal(out, out, 61, true, false);
    try (Progress.Bar bar = new Progress.Bar(terminal, System::nanoTime, "Capturing")) {
      bar.bytes(10 << 20, 0);
      bar.doing("streaming the heap " + "x".repeat(100));
      await().until(() -> drawn.toString(StandardCharsets.UTF_8).contains(" <=>"));
      await().until(() -> drawn.toString(StandardCharsets.UTF_8).contains("] 10.0 MiB  stre"));
    }
    assertThat(drawn.toString(StandardCharsets.UTF_8).strip().split("\r"))
        .allSatisfy(frame -> assertThat(frame).hasSizeLessThanOrEqualTo(60))
        .noneSatisfy(frame -> assertThat(frame).contains("%"));
  }

  @Test
  void wait_withoutATerminal_printsTheHeapsProgressEveryTwoSeconds() {
    collector.on(
        STATE,
        state("running", ""),
        streaming(10),
        streaming(20),
        streaming(30),
        streaming(30),
        streaming(30),
        state("shipping", ",'progress':{'bytes':41943040,'of':52428800}"),
        state("shipping", ",'progress':{'bytes':47185920,'of':52428800}"),
        state("sealed", ",'progress':{'bytes':52428800,'of':52428800}"));

    // each poll reads the clock twice
    int status =
        cli.clockAdvances(Duration.ofSeconds(1))
            .run(collector, "capture", "--service", "shop", "--wait");

    assertThat(status).isEqualTo(ExitStatus.DONE);
    assertThat(cli.err().lines().toList())
        .containsExactly(
            "whorl: capture capture-1 of agent agent-0001",
            "whorl: capturing: running",
            "whorl: capturing: streaming the heap",
            "whorl: capturing: streaming the heap, 10.0 MiB, 5.0 MiB/s",
            "whorl: capturing: streaming the heap, 20.0 MiB, 5.0 MiB/s",
            "whorl: capturing: streaming the heap, 30.0 MiB, 5.0 MiB/s",
            "whorl: capturing: shipping",
            "whorl: capturing: shipping, 40.0 MiB of 50.0 MiB, 5.0 MiB/s",
            "whorl: capturing: shipping, 45.0 MiB of 50.0 MiB, 2.5 MiB/s",
            "whorl: capturing: sealed",
            "whorl: capturing: sealed, 50.0 MiB of 50.0 MiB, 2.5 MiB/s",
            "whorl: 50.0 MiB in 20.0 s, 2.5 MiB/s on average");
  }

  @Test
  void wait_forAHeap_endsWithItsFacts() {
    collector.on(STATE, state("sealed", ",'evidence':'evidence-1'"));
    collector.on("GET /api/v1/evidence/evidence-1", "{'id':'evidence-1','heap':" + HEAP + "}");

    assertThat(heapCapture()).isEqualTo(ExitStatus.DONE);

    assertThat(cli.out().lines().toList())
        .last()
        .isEqualTo(
            "heap: 812.4 MiB dumped, 96.1 MiB stored (redacted), 301.0 MiB/s,"
                + " the application stood still 1.9 s, path: stream");
  }

  @Test
  void wait_forAMissingHeap_endsWithTheReason() {
    collector.on(STATE, state("sealed", ",'evidence':'evidence-1'"));
    collector.on(
        "GET /api/v1/evidence/evidence-1",
        "{'id':'evidence-1','missing':[{'artifact':'console','reason':'off'},"
            + "{'artifact':'heap','reason':'stream: no attach socket; file: no room'}]}");

    assertThat(heapCapture()).isEqualTo(ExitStatus.DONE);

    assertThat(cli.out().lines().toList())
        .last()
        .isEqualTo("heap: none, stream: no attach socket; file: no room");
  }

  @Test
  void wait_forAHeapWithoutInformation_reportsThat() {
    collector.on(STATE, state("sealed", ",'evidence':'evidence-1'"));
    collector.on("GET /api/v1/evidence/evidence-1", "{'id':'evidence-1'}");

    assertThat(heapCapture()).isEqualTo(ExitStatus.DONE);
    assertThat(cli.out()).contains("heap: none, and the evidence does not say why");
  }

  @Test
  void wait_unreadableEvidence_doesNotChangeTheOutcome() {
    collector.on(STATE, state("sealed", ",'evidence':'evidence-1'"));

    assertThat(heapCapture()).isEqualTo(ExitStatus.DONE);
    assertThat(cli.out()).contains("heap: not found");
  }

  @Test
  void json_forAHeap_isTheOnlyOutput() throws Exception {
    collector.on(STATE, state("sealed", ",'evidence':'evidence-1'"));
    collector.on("GET /api/v1/evidence/evidence-1", "{'id':'evidence-1','heap':" + HEAP + "}");

    assertThat(heapCapture("--json")).isEqualTo(ExitStatus.DONE);

    assertThat(Json.MAPPER.readTree(cli.out()).at("/captures/0/state").asText())
        .isEqualTo("sealed");
    assertThat(cli.err()).contains("whorl: heap: 812.4 MiB dumped");
  }

  private int heapCapture(String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("capture", "--service=shop", "--artifacts=heap", "--wait"));
    arguments.addAll(List.of(more));
    return cli.run(collector, arguments.toArray(String[]::new));
  }

  private static FakeCollector.Answer streaming(int mebibytes) {
    long bytes = (long) mebibytes << 20;
    return state("running", ",'artifacts':['heap'],'progress':{'bytes':" + bytes + ",'of':0}");
  }

  @Test
  void out_waitsDownloadsAndVerifies(@TempDir Path folder) throws Exception {
    collector.on(STATE, state("running", ""), state("sealed", ",'evidence':'evidence-1'"));
    collector.on(
        "GET /api/v1/evidence/evidence-1/bag", FakeCollector.Answer.bytes(new byte[] {1, 2}));

    int status =
        cli.run(
            collector, "capture", "--service=shop", "--json", "--out=" + folder.resolve("bags"));

    Path bag = folder.resolve("bags/evidence-1.zip");
    assertThat(status).isEqualTo(ExitStatus.DONE);
    assertThat(bag).hasBinaryContent(new byte[] {1, 2});
    assertThat(cli.verified).containsExactly(bag);
    JsonNode printed = Json.MAPPER.readTree(cli.out());
    assertThat(printed.at("/captures/0/evidence").asText()).isEqualTo("evidence-1");
    assertThat(printed.at("/bags/0/verified").asBoolean()).isTrue();
  }

  @Test
  void out_bagDoesNotVerify_exitsThree(@TempDir Path folder) {
    collector.on(STATE, state("sealed", ",'evidence':'evidence-1'"));
    collector.on("GET /api/v1/evidence/evidence-1/bag", FakeCollector.Answer.bytes(new byte[] {1}));

    int status =
        cli.verifier((path, anchors) -> CliRun.report(1, 1, 1, List.of("custody: x"), List.of()))
            .run(collector, "capture", "--service=shop", "--out=" + folder);

    assertThat(status).isEqualTo(ExitStatus.VERIFICATION_FAILED);
    assertThat(cli.out()).contains("problem: custody: x");
  }
}
