package whorl.collector.cli.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import whorl.collector.cli.CliRun;
import whorl.collector.cli.FakeCollector;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.evidence.Json;

class RowSearchCommandTest {
  private static final String START = "POST /api/v1/search/rows";
  private static final String ONE = "GET /api/v1/search/rows/search-0001";

  private final CliRun cli = new CliRun();
  private FakeCollector collector;

  @BeforeEach
  void start() throws Exception {
    collector = new FakeCollector();
    collector.on(START, FakeCollector.Answer.json(202, search("running", "", "")));
  }

  @AfterEach
  void stop() {
    collector.close();
  }

  private static String search(String state, String rows, String more) {
    return "{'id':'search-0001','state':'"
        + state
        + "','looked':3,'found':1,'rows':["
        + rows
        + "],'more':false,'next':'MQ','withMore':['evidence-0001'],'tookMillis':12"
        + more
        + "}";
  }

  @Test
  void rows_arePrintedAsTheyCome_andWhatWasNotSearchedToStandardError() throws Exception {
    collector.on(
        ONE,
        FakeCollector.Answer.json(
            200,
            search(
                "running",
                "{'id':'evidence-0001:7','evidence':'evidence-0001','row':7,"
                    + "'time':'2026-11-25T12:00:00.125Z','type':'whorl.FileOpen',"
                    + "'message':'opened',"
                    + "'in':'fields','excerpt':'path=x','service':'shop','agent':'agent-0001'}",
                "")),
        FakeCollector.Answer.json(
            200,
            search(
                "ended",
                "",
                ",'unread':[{'id':'evidence-0002','why':'it has no timeline'}],'partly':[],"
                    + "'stopped':'it took 60 s','older':'QUJD'")));

    int status = cli.run(collector, "search", "abc", "--rows", "--since", "1d", "--service=shop");

    assertThat(status).as(cli.err()).isEqualTo(ExitStatus.DONE);
    assertThat(cli.out().lines())
        .containsExactly(
            "2026-11-25 12:00:00.125Z  whorl.FileOpen  opened",
            "    shop  agent-0001  row evidence-0001:7  path=x");
    assertThat(cli.err())
        .contains("evidence-0001 has more: `whorl timeline evidence-0001 --grep WORDS`")
        .contains("whorl: 1 row; 3 pieces of evidence in 12 ms")
        .contains("evidence-0002 was not searched: it has no timeline")
        .contains("it took 60 s")
        .contains("--older QUJD");
    assertThat(Json.text(Json.MAPPER.readTree(collector.requests.get(0).body())))
        .isEqualTo("{\"words\":\"abc\",\"since\":\"2026-11-23T12:00:00Z\",\"service\":\"shop\"}");
  }

  @Test
  void optionsOfTheOtherSearch_areRefused() {
    assertThat(cli.run(collector, "search", "abc", "--rows", "--kind=host"))
        .isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(cli.run(collector, "search", "abc", "--since=7d")).isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(cli.err()).contains("are for --rows");
  }
}
