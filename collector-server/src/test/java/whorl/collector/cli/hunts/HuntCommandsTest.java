package whorl.collector.cli.hunts;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.cli.CliRun;
import whorl.collector.cli.FakeCollector;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.evidence.Json;

class HuntCommandsTest {
  private static final String START = "POST /api/v1/hunts";
  private static final String ONE = "GET /api/v1/hunts/hunt-0001";

  @TempDir Path folder;
  private final CliRun cli = new CliRun();
  private FakeCollector collector;

  @BeforeEach
  void start() throws Exception {
    collector = new FakeCollector();
    collector.on(START, FakeCollector.Answer.json(202, hunt("running", 0, 2, 0)));
  }

  @AfterEach
  void stop() {
    collector.close();
  }

  private static String hunt(String state, int rows, int asked, int answered) {
    return "{'id':'hunt-0001','state':'"
        + state
        + "','title':'class x','by':'me','requestedAt':'2026-11-24T12:00:00Z','rows':"
        + rows
        + ",'droppedRows':0,'agents':{'all':3,'waiting':0,'asked':"
        + asked
        + ",'answered':"
        + answered
        + ",'unable':1,'withRows':"
        + Math.min(rows, 1)
        + "}}";
  }

  private static String rows(String rows, String next) {
    return "{'rows':[" + rows + "],'state':'running','more':false,'next':'" + next + "'}";
  }

  private void ended(int rows) {
    collector.on(
        ONE,
        FakeCollector.Answer.json(200, hunt("running", 0, 2, 0)),
        FakeCollector.Answer.json(200, hunt("ended", rows, 0, 2)));
    collector.on(
        ONE + "/agents",
        FakeCollector.Answer.json(
            200,
            "{'agents':[{'agent':'agent-0003','service':'shop','pod':'shop-3','state':'unable',"
                + "'reason':'version 0.0.9 cannot answer hunts','rows':0}]}"),
        FakeCollector.Answer.json(
            200,
            "{'agents':[{'agent':'agent-0001','service':'shop','state':'answered',"
                + "'cut':'more than 20 rows match','rows':1}]}"));
  }

  @Test
  void question_isSentAsTheApiTakesIt() throws Exception {
    assertThat(body("--class", "com.evil.*")).isEqualTo("{\"class\":{\"name\":\"com.evil.*\"}}");
    assertThat(body("--sha256", "AB".repeat(32)))
        .isEqualTo("{\"class\":{\"sha256\":\"" + "ab".repeat(32) + "\"}}");
    assertThat(body("--library=log4j-core", "--version=<2.17.1", "--limit=5"))
        .isEqualTo("{\"library\":{\"name\":\"log4j-core\",\"version\":\"<2.17.1\"},\"limit\":5}");
    assertThat(body("--connection", "10.0.0.0/8", "--port", "443", "--service=shop"))
        .isEqualTo(
            "{\"connection\":{\"address\":\"10.0.0.0/8\",\"port\":443},"
                + "\"target\":{\"service\":\"shop\"}}");
    assertThat(body("--connection", "*.evil.example"))
        .isEqualTo("{\"connection\":{\"host\":\"*.evil.example\"}}");
    assertThat(body("--registration", "*", "--class", "com.evil.*", "--expires=1h"))
        .isEqualTo("{\"registration\":{\"class\":\"com.evil.*\"},\"expires\":\"1h\"}");
    assertThat(body("--rule", "97d7c5c5-a4c3-48ad", "--window", "10m", "--reason", "odd"))
        .isEqualTo("{\"rule\":\"97d7c5c5-a4c3-48ad\",\"window\":\"10m\",\"reason\":\"odd\"}");
    Path rule = folder.resolve("curl.yml");
    Files.writeString(rule, "title: x\n");
    assertThat(body("--rule", rule.toString())).isEqualTo("{\"rule\":\"title: x\\n\"}");
  }

  private String body(String... options) throws Exception {
    String[] all = new String[options.length + 1];
    all[0] = "hunt";
    System.arraycopy(options, 0, all, 1, options.length);
    collector.requests.clear();
    assertThat(cli.run(collector, all)).as(cli.err()).isEqualTo(ExitStatus.DONE);
    return Json.text(Json.MAPPER.readTree(collector.requests.get(0).body()));
  }

  @Test
  void withoutWait_theIdIsPrinted() {
    assertThat(cli.run(collector, "hunt", "--class", "x")).isEqualTo(ExitStatus.DONE);

    assertThat(cli.out()).isEqualToIgnoringNewLines("hunt-0001");
    assertThat(cli.err()).contains("1 of 3 JVMs done").contains("whorl hunts hunt-0001");
  }

  @Test
  void wait_printsRowsAsTheyCome_andWhoDidNotAnswer() {
    ended(1);
    collector.on(
        ONE + "/rows",
        FakeCollector.Answer.json(200, rows("", "MA")),
        FakeCollector.Answer.json(
            200,
            rows(
                "{'number':1,'agent':'agent-0001','service':'shop','pod':'shop-1',"
                    + "'what':'com.evil.A','last':'2026-11-24T12:00:00Z',"
                    + "'fields':{'loader':'app','stack':['x']}}",
                "MQ")));

    assertThat(cli.run(collector, "hunt", "--class", "x", "--wait")).isEqualTo(ExitStatus.DONE);

    assertThat(cli.out().lines())
        .containsExactly("2026-11-24 12:00:00Z  shop  shop-1  com.evil.A", "    loader=app");
    assertThat(cli.err())
        .contains("no answer from 1 JVM (shop shop-3): unable: version 0.0.9 cannot answer hunts")
        .contains("the answers of 1 JVM are not complete: more than 20 rows match")
        .contains("hunt hunt-0001 ended: 3 of 3 JVMs done, 1 with rows, 1 row");
  }

  @Test
  void nothingFound_exitsFour() {
    ended(0);
    collector.on(ONE + "/rows", rows("", "MA"));

    assertThat(cli.run(collector, "hunt", "--class", "x", "--wait"))
        .isEqualTo(ExitStatus.NOTHING_MATCHED);
  }

  @Test
  void questions_areExactlyOne() {
    assertThat(cli.run(collector, "hunt")).isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(cli.err()).contains("no question is given");
    assertThat(cli.run(collector, "hunt", "--class", "x", "--library", "y"))
        .isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(cli.run(collector, "hunt", "--class", "x", "--port", "1"))
        .isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(cli.run(collector, "hunt", "--rule", "missing.yml")).isEqualTo(ExitStatus.FAILED);
  }

  @Test
  void hunts_listsAll() {
    collector.on("GET /api/v1/hunts", "{'hunts':[" + hunt("ended", 1, 0, 2) + "]}");

    assertThat(cli.run(collector, "hunts")).isEqualTo(ExitStatus.DONE);

    assertThat(cli.out()).contains("hunt-0001").contains("class x").contains("ended");
  }
}
