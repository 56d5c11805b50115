package whorl.collector.cli.probes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import whorl.collector.cli.CliRun;
import whorl.collector.cli.FakeCollector;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.evidence.Json;

class ProbeCommandsTest {
  private static final String ONE = "GET /api/v1/probes/probe-0001";

  private final CliRun cli = new CliRun();
  private FakeCollector collector;

  @BeforeEach
  void start() throws Exception {
    collector = new FakeCollector();
    collector.on("POST /api/v1/probes", FakeCollector.Answer.json(202, probe("running")));
    collector.on(
        ONE,
        FakeCollector.Answer.json(200, probe("running")),
        FakeCollector.Answer.json(200, probe("ended")));
    collector.on(
        ONE + "/calls",
        FakeCollector.Answer.json(
            200,
            "{'calls':[{'number':1,'agent':'agent-0001','service':'shop',"
                + "'at':'2026-11-24T12:00:00Z','thread':'main','method':'find(int)',"
                + "'arguments':['id: int'],'thrown':'a.B','nanos':1500000,'stack':['a.B.c(B.java)']}"
                + "],'state':'running','more':false,'next':'1'}"),
        FakeCollector.Answer.json(200, "{'calls':[],'state':'ended','more':false,'next':'1'}"));
  }

  @AfterEach
  void stop() {
    collector.close();
  }

  private static String probe(String state) {
    return "{'id':'probe-0001','state':'"
        + state
        + "','title':'a.B#find','by':'me','reason':'why','requestedAt':'2026-11-24T12:00:00Z',"
        + "'calls':1,'why':'all its agents have ended it','agents':[{'agent':'agent-0001',"
        + "'service':'shop','state':'ended','reason':'its time is over','recorded':1,'skipped':7,"
        + "'restored':true,'calls':1,'notes':[]}]}";
  }

  private String body(String... arguments) throws Exception {
    collector.requests.clear();
    assertThat(cli.run(collector, arguments)).as(cli.err()).isEqualTo(ExitStatus.DONE);
    return Json.text(Json.MAPPER.readTree(collector.requests.get(0).body()));
  }

  @Test
  void probe_isSentAsTheApiTakesIt_andPrintsItsId() throws Exception {
    assertThat(body("probe", "a.B#find", "--agent=agent-0001", "--reason", "why"))
        .isEqualTo(
            "{\"target\":{\"agent\":\"agent-0001\"},\"class\":\"a.B\",\"method\":\"find\","
                + "\"seconds\":60,\"calls\":100,\"arguments\":false,\"stacks\":false,"
                + "\"await\":false,\"reason\":\"why\"}");
    assertThat(
            body(
                "probe",
                "a.B#find(I)V",
                "--service=shop",
                "--reason=why",
                "--for=5m",
                "--calls=9",
                "--arguments",
                "--stacks"))
        .contains("\"method\":\"find\",\"descriptor\":\"(I)V\",\"seconds\":300,\"calls\":9")
        .contains("\"arguments\":true,\"stacks\":true");
    assertThat(cli.out().lines()).containsOnly("probe-0001");
  }

  @Test
  void wait_printsCallsAsTheyCome_andWhatBecameOfTheJvms() {
    assertThat(
            cli.run(
                collector, "probe", "a.B#find", "--service", "shop", "--reason", "why", "--wait"))
        .isEqualTo(ExitStatus.DONE);

    assertThat(cli.out().lines())
        .containsExactly(
            "2026-11-24 12:00:00.000Z  shop  find(int)  id: int  threw a.B after 1.500 ms",
            "    at a.B.c(B.java)");
    assertThat(cli.err())
        .contains("shop agent-0001: ended: its time is over; 1 call recorded, 7 only counted;")
        .contains("classes restored")
        .contains("ended: all its agents have ended it");
  }

  @Test
  void wrongUsage_isNamed() {
    assertThat(cli.run(collector, "probe", "find", "--service=s", "--reason=r"))
        .isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(cli.err()).contains("not CLASS#METHOD: find");
    assertThat(cli.run(collector, "probe", "a.B#find", "--reason=r"))
        .isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(cli.run(collector, "probe", "a.B#find", "--service=s"))
        .isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(cli.run(collector, "probe", "a.B#find", "--service=s", "--reason=r", "--for=1h"))
        .isEqualTo(ExitStatus.WRONG_USAGE);
  }

  @Test
  void probes_listsAll_showsOne_andStopsIt() {
    collector.on("GET /api/v1/probes", "{'probes':[" + probe("ended") + "]}");
    collector.on("DELETE /api/v1/probes/probe-0001", probe("stopping"));

    assertThat(cli.run(collector, "probes")).isEqualTo(ExitStatus.DONE);
    assertThat(cli.out()).contains("probe-0001").contains("a.B#find").contains("why");
    assertThat(cli.run(collector, "probes", "probe-0001")).isEqualTo(ExitStatus.DONE);
    assertThat(cli.out()).contains("threw a.B");
    assertThat(cli.run(collector, "probes", "stop", "probe-0001")).isEqualTo(ExitStatus.DONE);
    assertThat(collector.requests.get(collector.requests.size() - 1).method()).isEqualTo("DELETE");
  }
}
