package whorl.collector.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import whorl.collector.cli.CliRun;
import whorl.collector.cli.FakeCollector;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Terminal;

final class DoctorCommandTest {
  private static final String METRICS =
      """
      # HELP whorl_build_info v
      whorl_build_info{version="0.2.0",java="17"} 1
      whorl_collector_data_free_bytes 90000000000
      whorl_agents_connected_by_proof{proof="shared-token"} %d
      whorl_http_requests_total{method="GET",route="/agent/v1/channel",status="401"} 7
      whorl_index_waiting 0
      whorl_custody_doubts 0
      """;

  @TempDir private Path folder;
  private FakeCollector collector;
  private final CliRun cli = new CliRun();

  @BeforeEach
  void start() throws Exception {
    collector = new FakeCollector();
    healthy();
  }

  @AfterEach
  void stop() {
    collector.close();
  }

  private void healthy() {
    collector
        .on("GET /healthz", text(200, "ok\n"))
        .on("GET /readyz", text(200, "ready\n"))
        .on("GET /metrics", text(200, METRICS.formatted(0)))
        .on("GET /session", "{'role':'viewer','name':'viewer-12345678'}")
        .on(
            "GET /api/v1/agents",
            "{'agents':[{'id':'agent-0001','agentVersion':'0.2.0','capabilities':{}}]}")
        .on("GET /api/v1/rules", "{'rules':[]}")
        .on(
            "GET /api/v1/evidence",
            "{'evidence':[{'id':'e','service':'shop','state':'sealed',"
                + "'sealedAt':'2026-11-24T10:00:00Z'}]}")
        .on(
            "GET /api/v1/retention",
            "{'classes':[{'class':'alert','maxAgeSeconds':60}],"
                + "'all':{'evidence':3,'bytes':9000000},'waits':null}");
  }

  private static FakeCollector.Answer text(int status, String text) {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    return new FakeCollector.Answer(status, Map.of(), body, body.length);
  }

  @Test
  void checksThatAreRight_areOk_andSayWhatWasSeen() {
    cli.run(collector, "doctor");

    assertThat(cli.out().lines())
        .anyMatch(line -> line.matches("ok +connection +127.0.0.1 accepts connections on port .*"))
        .anyMatch(line -> line.matches("ok +readyz +ready, and no part has a problem"))
        .anyMatch(line -> line.matches("ok +token +of role viewer, viewer-12345678"))
        .anyMatch(line -> line.matches("ok +version +collector 0.2.0, this command .*"))
        .anyMatch(line -> line.matches("ok +evidence +the newest is of shop, sealed, 2 hours ago"))
        .anyMatch(line -> line.matches("ok +retention +3 pieces of evidence, 8 MiB, with limits"));
    assertThat(cli.out()).doesNotContain("responder-token-0123456789");
  }

  @Test
  void collectorOfTheLogin_isChecked_whereNoneIsGiven() throws Exception {
    Path token = Files.writeString(folder.resolve("token"), "viewer-token-0123456789");
    CliRun login = new CliRun().with("XDG_CONFIG_HOME", folder.resolve("config").toString());
    assertThat(login.run("login", "--url", collector.url(), "--token-file", token.toString()))
        .isZero();

    login.run("doctor");

    assertThat(login.out())
        .containsPattern("ok +readyz +ready")
        .containsPattern("ok +token +of role viewer, viewer-12345678");
  }

  @Test
  void noAgents_areAWarning_withTheUsualCauses_andWhatWasRefused() {
    collector.on("GET /api/v1/agents", "{'agents':[]}");

    cli.run(collector, "doctor");

    assertThat(cli.out())
        .contains("none is connected; 7 times one was refused for its proof")
        .contains("three usual causes");
  }

  @Test
  void purgingThatWaitsForCustody_isNotSaidToGoOnByItself() {
    String view = "{'classes':[],'all':{'evidence':3,'bytes':9000000},'waits':{'why':'%s'%s}}";
    collector.on("GET /api/v1/retention", view.formatted("custody is in doubt", ""));

    cli.run(collector, "doctor");

    assertThat(cli.out()).contains("restore the log, or accept it").doesNotContain("by itself");

    collector.on(
        "GET /api/v1/retention",
        view.formatted("the clock jumped", ",'until':'2026-11-25T10:00:00Z'"));

    cli.run(collector, "doctor");

    assertThat(cli.out()).contains("purging goes on by itself after a day");
  }

  @Test
  void oneFailedCheck_isStatusOne_withItsRemedy() {
    collector.on("GET /readyz", text(503, "not ready\n- the data folder is not writable\n"));

    assertThat(cli.run(collector, "doctor")).isEqualTo(ExitStatus.FAILED);

    assertThat(cli.out())
        .containsPattern("fail +readyz +the data folder is not writable")
        .contains("no evidence is received until this ends");
  }

  @Test
  void refusedToken_isNamed_andNotShown() {
    collector.on(
        "GET /session",
        FakeCollector.Answer.json(
            403, "{'title':'forbidden','status':403,'detail':'yours is of role agent'}"));

    assertThat(cli.run(collector, "doctor")).isEqualTo(ExitStatus.FAILED);

    assertThat(cli.out())
        .containsPattern("fail +token +yours is of role agent")
        .contains("give a token of role viewer, responder or admin")
        .doesNotContain("responder-token-0123456789");
  }

  @Test
  void tokenForAPart_isSaid() {
    collector.on(
        "GET /session",
        "{'role':'responder','name':'oidc:ann','access':["
            + "{'role':'responder','namespaces':['payments'],'services':['shop','till'],"
            + "'labels':{'team':'a'}},{'role':'viewer','namespaces':['web']}]}");

    cli.run(collector, "doctor");

    assertThat(cli.out())
        .containsPattern(
            "ok +scope +responder of namespaces payments and services shop, till and labels team=a;"
                + " viewer of namespaces web; the checks of agents, rules, evidence and retention see that"
                + " part only");
  }

  @Test
  void sharedTokenAndOtherVersions_areWarnings() {
    collector
        .on("GET /metrics", text(200, METRICS.formatted(4)))
        .on(
            "GET /api/v1/agents",
            "{'agents':[{'agentVersion':'0.2.0'},{'agentVersion':'0.1.0',"
                + "'capabilities':{'selfTest':'fails: hooks'}}]}");

    assertThat(cli.run(collector, "doctor")).isEqualTo(ExitStatus.FAILED);

    assertThat(cli.out())
        .containsPattern("warn +shared-token +4 connected agents have only the token")
        .containsPattern("warn +version +collector 0.2.0, .*, agents also 0.1.0")
        .containsPattern("fail +self-test +1 connected agents");
  }

  @Test
  void clockThatIsOff_isSeen() {
    // the clock of these commands stands still, that of the server does not
    assertThat(cli.run(collector, "doctor")).isEqualTo(ExitStatus.FAILED);

    assertThat(cli.out()).containsPattern("fail +clock +\\d+ s between");
  }

  @Test
  void timeThatTheCommandTook_isNoDifferenceOfClocks() {
    AtomicInteger reads = new AtomicInteger();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
    CommandContext beganAMinuteBefore =
        new CommandContext(
            new Terminal(stream, stream, Integer.MAX_VALUE, false, false),
            Map.of(),
            () -> Instant.now().minusSeconds(reads.getAndIncrement() == 0 ? 60 : 0),
            System::nanoTime,
            new CommandContext.Pace(
                Duration.ofMillis(5), Duration.ofMillis(1), Duration.ofSeconds(20), Duration.ZERO));

    new CommandLine(new DoctorCommand(beganAMinuteBefore)).execute("--url", collector.url());

    assertThat(out.toString(StandardCharsets.UTF_8)).containsPattern("ok +clock +0 s between");
  }

  @Test
  void nothingListens_isStatusOne_andNoMoreIsAsked() {
    collector.close();

    assertThat(cli.run("doctor", "--url", collector.url())).isEqualTo(ExitStatus.FAILED);

    assertThat(cli.out()).containsPattern("fail +connection").doesNotContain("readyz");
  }

  @Test
  void json_hasEachCheck() {
    cli.run(collector, "doctor", "--json");

    assertThat(cli.out()).contains("\"name\" : \"healthz\"", "\"state\" : \"ok\"", "\"seen\"");
  }

  @Test
  void data_checksAFolder_andFailsForAnOpenKey() throws Exception {
    Files.createDirectories(folder.resolve("custody"));
    Files.writeString(folder.resolve("custody/log.key"), "secret");

    assertThat(cli.run("doctor", "--data", folder.toString())).isEqualTo(ExitStatus.FAILED);

    assertThat(cli.out()).containsPattern("fail +custody key .* is open to others");
  }

  @Test
  void kubernetes_readsFiles() throws Exception {
    Path file = folder.resolve("pods.json");
    Files.writeString(
        file,
        """
        {"kind": "List", "items": [
          {"kind": "Namespace", "metadata": {"name": "shop", "labels": {"whorl.io/inject": "true"}}},
          {"kind": "Pod", "metadata": {"name": "a", "namespace": "shop"},
           "spec": {"containers": [{"name": "app"}]}}]}
        """);

    assertThat(cli.run("doctor", "--kubernetes", file.toString())).isEqualTo(ExitStatus.FAILED);

    assertThat(cli.out()).contains("shop/a lacks it, and would get it now", "rollout restart");
  }

  @Test
  void kubernetes_andData_areWrongUsage() {
    assertThat(cli.run("doctor", "--kubernetes", "--data", "x")).isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(cli.run("doctor", "file.json")).isEqualTo(ExitStatus.WRONG_USAGE);
  }
}
