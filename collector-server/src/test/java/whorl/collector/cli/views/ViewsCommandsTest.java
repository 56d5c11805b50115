package whorl.collector.cli.views;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import whorl.collector.cli.CliRun;
import whorl.collector.cli.FakeCollector;
import whorl.collector.cli.terminal.ExitStatus;

final class ViewsCommandsTest {
  private static final String VIEW =
      "{'id':'view-0001','kind':'evidence','name':'grave','query':'level=high','shared':false,"
          + "'by':'alice','mine':true,'changedAt':'2026-11-24T11:00:00Z'}";

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
  void save_printsTheNewViewsId() {
    collector
        .on("GET /api/v1/views", "{'views':[" + VIEW.replace("'mine':true", "'mine':false") + "]}")
        .on("POST /api/v1/views", FakeCollector.Answer.json(201, VIEW));

    int status =
        cli.run(
            collector, "views", "save", "grave", "--kind", "Evidence", "--filter", "?level=high");

    assertThat(status).isEqualTo(ExitStatus.DONE);
    assertThat(cli.out()).isEqualTo("view-0001\n");
    assertThat(collector.requests.get(1).body())
        .isEqualTo("{\"kind\":\"evidence\",\"name\":\"grave\",\"query\":\"level=high\"}");
  }

  @Test
  void save_underANameOfOnesOwn_changesThatView() {
    collector
        .on("GET /api/v1/views", "{'views':[" + VIEW + "]}")
        .on("PATCH /api/v1/views/view-0001", VIEW);

    int status =
        cli.run(
            collector,
            "views",
            "save",
            "grave",
            "--kind=evidence",
            "--filter=level=low&service=shop",
            "--shared");

    assertThat(status).isEqualTo(ExitStatus.DONE);
    assertThat(collector.requests.get(1).body())
        .contains("\"query\":\"level=low&service=shop\"", "\"shared\":true");
    assertThat(cli.err()).contains("changed the view grave");
  }

  @Test
  void save_refusesWhatIsNoKind() {
    assertThat(cli.run(collector, "views", "save", "x", "--kind=cases", "--filter="))
        .isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(cli.err()).contains("alerts, evidence, search, timeline");
    assertThat(
            cli.run(
                collector,
                "views",
                "save",
                "x",
                "--kind=alerts",
                "--filter=a=b",
                "--shared",
                "--private"))
        .isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(collector.requests).isEmpty();
  }

  @Test
  void remove_deletesIt() {
    collector.on("DELETE /api/v1/views/view-0001", FakeCollector.Answer.json(204, ""));

    assertThat(cli.run(collector, "views", "remove", "view-0001")).isEqualTo(ExitStatus.DONE);
  }
}
