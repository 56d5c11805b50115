package whorl.collector.cli.ids;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import whorl.collector.cli.CliRun;
import whorl.collector.cli.FakeCollector;
import whorl.collector.cli.terminal.ExitStatus;

final class IdsTest {
  private static final String ID = "01a218d2-1f3e-7c51-9d5e-0a4b6c2d1e0f";
  private static final String OTHER = "01a218d2-2f3e-7c51-9d5e-0a4b6c2d1e0e";
  private static final String FOUND = "{'id':'%s','service':'shop','time':'2026-11-24T11:00:00Z'}";

  private final CliRun cli = new CliRun();
  private FakeCollector collector;

  @BeforeEach
  void start() throws Exception {
    collector = new FakeCollector();
    collector.on("GET /api/v1/ids", "{'ids':[" + FOUND.formatted(ID) + "],'more':false}");
    collector.on(
        "GET /api/v1/evidence/" + ID,
        "{'id':'" + ID + "','state':'sealed','sealedAt':'2026-11-24T11:00:00Z','artifacts':[]}");
  }

  @AfterEach
  void stop() {
    collector.close();
  }

  @Test
  void aPart_isResolvedInOneRequest() {
    for (String part : List.of("01a218d2", "6c2d1e0f", "01a2...1e0f", "01A218D2", "latest")) {
      collector.requests.clear();
      assertThat(cli.run(collector, "evidence", "show", part)).as(part).isZero();
      assertThat(collector.requests).hasSize(2);
      assertThat(collector.requests.get(0).uri()).startsWith("/api/v1/ids?kind=evidence&id=");
    }
    assertThat(cli.out()).contains("Evidence:  " + ID);
  }

  @Test
  void aWholeId_needsNoRequest() {
    assertThat(cli.run(collector, "evidence", "show", ID)).isZero();
    assertThat(collector.requests).hasSize(1);
  }

  @Test
  void latest_canBeOfAService() {
    cli.run(collector, "evidence", "show", "latest:shop");
    assertThat(collector.requests.get(0).uri())
        .isEqualTo("/api/v1/ids?kind=evidence&id=latest&service=shop");
    collector.requests.clear();
    cli.run(collector, "timeline", "latest", "--service", "shop");
    assertThat(collector.requests.get(0).uri())
        .isEqualTo("/api/v1/ids?kind=evidence&id=latest&service=shop");
    assertThat(collector.requests.get(1).uri()).startsWith("/api/v1/evidence/" + ID + "/timeline");
  }

  @Test
  void severalCandidates_areWrongUsage_andListed() {
    collector.on(
        "GET /api/v1/ids",
        "{'ids':[" + FOUND.formatted(ID) + "," + FOUND.formatted(OTHER) + "],'more':false}");

    assertThat(cli.run(collector, "evidence", "show", "01a218d2"))
        .isEqualTo(ExitStatus.WRONG_USAGE);

    assertThat(cli.err().lines())
        .containsExactly(
            "whorl: several have an id that begins or ends with 01a218d2: give more of the"
                + " evidence's id",
            "       it may be",
            "         " + ID + "  shop  2026-11-24T11:00:00Z",
            "         " + OTHER + "  shop  2026-11-24T11:00:00Z");
  }

  @Test
  void noCandidate_isNotFound() {
    collector.on("GET /api/v1/ids", "{'ids':[],'more':false}");

    assertThat(cli.run(collector, "evidence", "show", "ffff"))
        .isEqualTo(ExitStatus.NOTHING_MATCHED);
    assertThat(cli.err())
        .contains("no evidence has an id that begins or ends with ffff", "`whorl evidence list`");
    assertThat(cli.run(collector, "findings", "latest")).isEqualTo(ExitStatus.NOTHING_MATCHED);
    assertThat(cli.err()).contains("there is no evidence");
  }

  @Test
  void cases_areComparedInTheirList() {
    collector.on(
        "GET /api/v1/cases",
        "{'cases':[{'id':'" + OTHER + "','title':'B'},{'id':'" + ID + "','title':'A'}]}");
    collector.on("GET /api/v1/cases/" + ID, "{'id':'" + ID + "','title':'A'}");

    assertThat(cli.run(collector, "cases", "show", "1e0f")).isZero();
    assertThat(cli.out()).contains("Title:     A");
    assertThat(cli.run(collector, "cases", "show", "01a2")).isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(cli.err()).contains(OTHER + "  B", ID + "  A");
  }

  @Test
  void anAlertThatIsNotTheFirstOfItsGroup_isFoundAsAlert() {
    collector.on(
        "GET /api/v1/ids",
        FakeCollector.Answer.json(200, "{'ids':[],'more':false}"),
        FakeCollector.Answer.json(200, "{'ids':[" + FOUND.formatted(ID) + "],'more':false}"));
    String alert = "{'id':'" + ID + "','state':'acknowledged','version':1}";
    collector.on("GET /api/v1/alerts/" + ID, alert);
    collector.on("PATCH /api/v1/alerts/" + ID, alert);

    assertThat(cli.run(collector, "alerts", "ack", "1e0f")).isZero();

    assertThat(collector.requests.get(0).uri()).contains("kind=alert-group");
    assertThat(collector.requests.get(1).uri()).contains("kind=alert&");
  }

  @Test
  void otherText_isNoId() {
    for (String text : List.of("abc", "latest:", "x", "…", "../x", "evidence 1", "%2e%2e%2e%2e")) {
      assertThatThrownBy(() -> GivenId.of(text))
          .as(text)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("not an id");
    }
    assertThat(GivenId.of("evidence-1").whole()).isNotNull();
    assertThat(GivenId.of("…1e0f").matches(ID)).isTrue();
  }
}
