package whorl.collector.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.evidence.Json;

final class CaptureCommandTest {
  private static final String STARTED =
      "{'captures':[{'id':'capture-1','agent':'agent-0001','state':'requested'}]}";
  private static final String STATE = "GET /api/v1/captures/capture-1";

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
  void capture_asksForWhatWasGiven() throws Exception {
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
    FakeCollector.Asked asked = collector.asked.get(0);
    assertThat(Json.MAPPER.readTree(asked.body()))
        .isEqualTo(
            Json.MAPPER.readTree(
                "{\"target\":{\"service\":\"shop\",\"labels\":{\"team\":\"a\",\"tier\":\"web\"}},"
                    + "\"artifacts\":[\"heap\",\"threads\"],\"reason\":\"odd \\\"logins\\\"\","
                    + "\"force\":true}"));
    assertThat(asked.header("Idempotency-key")).isNotBlank();
    assertThat(cli.out().lines())
        .containsExactly(
            "CAPTURE    STATE      EVIDENCE  AGENT", "capture-1  requested  -         agent-0001");
  }

  @Test
  void capture_leftOutParts_areLeftToTheCollector() throws Exception {
    cli.run(collector, "capture", "--pod", "shop-1");
    assertThat(collector.asked.get(0).body()).isEqualTo("{\"target\":{\"pod\":\"shop-1\"}}");
  }

  @Test
  void capture_noTarget_isWrongUsage() {
    assertThat(cli.run(collector, "capture", "--reason", "x")).isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(cli.err()).contains("give --service");
    assertThat(collector.asked).isEmpty();
  }

  @Test
  void capture_nobodyMatches_exitsFour() {
    collector.on(
        "POST /api/v1/captures",
        FakeCollector.Answer.json(404, "{'title':'no match','detail':'no agent of service x'}"));

    assertThat(cli.run(collector, "capture", "--service", "x"))
        .isEqualTo(ExitStatus.NOTHING_MATCHED);
    assertThat(cli.err()).contains("no match: no agent of service x");
  }

  @Test
  void wait_tellsEachStateOnceUntilSealed() {
    collector.on(
        STATE,
        state("running", ""),
        state("running", ""),
        state("shipping", ",'progress':{'bytes':1,'of':2}"),
        state("sealed", ",'evidence':'evidence-1','progress':{'bytes':2,'of':2}"));

    assertThat(cli.run(collector, "capture", "--service", "shop", "--wait"))
        .isEqualTo(ExitStatus.DONE);

    assertThat(cli.err().lines())
        .containsExactly(
            "whorl: capturing running", "whorl: capturing shipping", "whorl: capturing sealed");
    assertThat(cli.out()).contains("capture-1  sealed  evidence-1  agent-0001");
  }

  @Test
  void wait_partial_isAFailureWithItsReason() {
    collector.on(STATE, state("partial", ",'failure':'the agent is gone'"));

    assertThat(cli.run(collector, "capture", "--service", "shop", "--wait"))
        .isEqualTo(ExitStatus.FAILED);
    assertThat(cli.err()).contains("capture capture-1: the agent is gone");
  }

  @Test
  void wait_neverEnds_stopsAfterTheTimeout() {
    collector.on(STATE, state("running", ""));

    int status = cli.run(collector, "capture", "--service", "shop", "--wait", "--timeout", "0");

    assertThat(status).isEqualTo(ExitStatus.FAILED);
    assertThat(cli.err()).contains("1 of 1 captures have not ended after 0 min; they go on");
  }

  @Test
  void wait_collectorRestarts_isWaitedFor() {
    byte[] cut = new byte[0];
    FakeCollector.Answer broken = new FakeCollector.Answer(200, java.util.Map.of(), cut, 10);
    // the client's own second try takes one more
    collector.on(STATE, state("running", ""), broken, broken, broken, state("sealed", ""));

    assertThat(cli.run(collector, "capture", "--service", "shop", "--wait"))
        .isEqualTo(ExitStatus.DONE);
    assertThat(cli.err()).contains("whorl: capturing waits for the collector");
  }

  @Test
  void wait_collectorStaysAway_isAFailure() {
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
        cli.verifier(path -> CliRun.report(1, 1, 1, List.of("custody: x"), List.of()))
            .run(collector, "capture", "--service=shop", "--out=" + folder);

    assertThat(status).isEqualTo(ExitStatus.VERIFICATION_FAILED);
    assertThat(cli.out()).contains("problem: custody: x");
  }
}
