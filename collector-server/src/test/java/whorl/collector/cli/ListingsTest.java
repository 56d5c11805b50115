package whorl.collector.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import whorl.collector.cli.terminal.ExitStatus;

/** What all lists have in common. */
final class ListingsTest extends ListingsFixture {
  @Test
  void listing_cursors_areFollowedUpToTheLimit() {
    collector.on(
        "GET /api/v1/agents",
        FakeCollector.Answer.json(200, "{'agents':[" + AGENT + "],'next':'p/2'}"),
        FakeCollector.Answer.json(200, "{'agents':[" + AGENT + "],'next':'p3'}"));

    assertThat(cli.run(collector, "agents", "--limit", "2")).isEqualTo(ExitStatus.DONE);

    assertThat(cli.out().lines()).hasSize(3);
    assertThat(cli.err()).contains("raise --limit");
    assertThat(collector.requests).hasSize(2);
    assertThat(collector.requests.get(1).uri()).isEqualTo("/api/v1/agents?limit=1&cursor=p%2F2");
  }

  @Test
  void listing_hostileText_neverReachesTheTerminal() {
    String hostile = "\\u001b]0;owned\\u0007\\u009b2J\\u202egnp.exe\\u2028x";
    collector.on(
        "GET /api/v1/alert-groups",
        "{'groups':[{'id':'alert-001','time':'2026-11-24T11:00:00Z','level':'critical','title':'"
            + hostile
            + "','service':'"
            + hostile
            + "'}]}");

    assertThat(cli.run(collector, "alerts")).isEqualTo(ExitStatus.DONE);
    assertThat(cli.run(collector, "alerts", "--json")).isEqualTo(ExitStatus.DONE);

    assertThat(cli.out())
        .contains("2026-11-24 11:00:00Z", "critical", "owned")
        .doesNotContain("\u001b", "\u0007", "\u009b", "\u202e", "\u2028");
  }

  @Test
  void listing_onATerminal_isShortenedToItsWidth() {
    collector.on(
        "GET /api/v1/alert-groups",
        "{'groups':[{'id':'alert-001','time':'2026-11-24T11:00:00Z','level':'high','title':'"
            + "long words ".repeat(20)
            + "','service':'shop','source':'whorl','evidence':'evidence-1'}]}");

    assertThat(cli.terminal(80, false).run(collector, "alerts")).isEqualTo(ExitStatus.DONE);

    assertThat(cli.out().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    assertThat(cli.out()).contains("long words", "…").endsWith("alert-001\n");
  }

  @Test
  void listing_onANarrowTerminal_shortensIds_leavesColumnsOut_andKeepsTheMessage() {
    String id = "01a218d2-1f3e-7c51-9d5e-0a4b6c2d1e0f";
    collector.on(
        "GET /api/v1/evidence",
        "{'evidence':["
            + EVIDENCE.replace("evidence-1", id).replace("Shell started", "A shell was started")
            + "]}");

    assertThat(cli.terminal(80, false).run(collector, "evidence", "list"))
        .isEqualTo(ExitStatus.DONE);

    assertThat(cli.out().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    assertThat(cli.out())
        .startsWith("WHAT")
        .contains("A shell was started", "high", "2026-11-24 11:00:00Z")
        .endsWith("  6c2d1e0f\n")
        .doesNotContain("TRIGGER", id);
    CliRun wide = new CliRun().terminal(200, false);
    wide.run(collector, "evidence", "list");
    assertThat(wide.out()).contains(id, "TRIGGER");
  }

  @Test
  void listing_wherePiped_hasTabsAndNoPadding() {
    collector.on(
        "GET /api/v1/evidence",
        "{'evidence':["
            + EVIDENCE
            + ","
            + EVIDENCE.replace("Shell started", "x".repeat(3000))
            + "]}");

    cli.run(collector, "evidence", "list");

    assertThat(cli.out().lines().toList().get(1)).hasSizeLessThan(120);
  }

  @Test
  void lists_areOfATime() {
    for (String[] list :
        new String[][] {
          {"evidence list", "/api/v1/evidence", "evidence"},
          {"captures", "/api/v1/captures", "captures"},
          {"cases list", "/api/v1/cases", "cases"},
          {"alerts", "/api/v1/alert-groups", "groups"},
        }) {
      collector.on("GET " + list[1], "{'" + list[2] + "':[]}");
      collector.requests.clear();
      String line = list[0] + " --since -2h --until 11:30";
      assertThat(cli.run(collector, line.split(" "))).isEqualTo(ExitStatus.NOTHING_MATCHED);
      assertThat(collector.requests.get(0).uri())
          .as(line)
          .contains("from=2026-11-24T10%3A00%3A00Z&to=2026-11-24T11%3A30%3A00Z");
    }
    assertThat(cli.run(collector, "captures", "--since", "soon")).isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(cli.err()).contains("not a time: soon", "yesterday");
  }

  @Test
  void valuesThatTheCollectorDoesNotTake_areWrongUsage_withWhatIsPossible() {
    collector.on(
        "GET /api/v1/alert-groups",
        FakeCollector.Answer.json(
            400, "{'title':'bad parameter','status':400,'detail':'rule: one of a, b'}"));
    assertThat(cli.run(collector, "alerts", "--rule", "x")).isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(cli.err()).contains("rule: one of a, b");
    for (String line :
        new String[] {
          "alerts --source bogus", "alerts --state bogus", "evidence list --state bogus",
          "cases list --state bogus", "capture --service s --artifacts foo", "search abc --kind x",
          "compare evidence-1 evidence-2 --kind x"
        }) {
      CliRun run = new CliRun();
      assertThat(run.run(collector, line.split(" "))).as(line).isEqualTo(ExitStatus.WRONG_USAGE);
      assertThat(run.err()).as(line).contains("not one of ", ", ");
    }
  }

  @Test
  void whatIsNotFound_isListedByACommand_andNotByTheApi() {
    collector.on(
        "GET /api/v1/cases/case-00000001",
        FakeCollector.Answer.json(
            404,
            "{'title':'no such case','status':404,'detail':'no case case-00000001;"
                + " GET /api/v1/cases lists all'}"));
    collector.on(
        "DELETE /api/v1/rules/nope",
        FakeCollector.Answer.json(404, "{'title':'no such rules','status':404}"));

    assertThat(cli.run(collector, "cases", "show", "case-00000001"))
        .isEqualTo(ExitStatus.NOTHING_MATCHED);
    assertThat(cli.run(collector, "rules", "remove", "nope")).isEqualTo(ExitStatus.NOTHING_MATCHED);

    assertThat(cli.err().lines())
        .containsExactly(
            "whorl: no such case: no case case-00000001",
            "       `whorl cases list` shows what there is",
            "whorl: no such rules",
            "       `whorl rules list` shows what there is");
  }

  @Test
  void listing_colours_onlyIfEnabled() {
    collector.on(
        "GET /api/v1/alert-groups",
        "{'groups':[{'id':'alert-001','time':'2026-11-24T11:00:00Z','level':'critical'}]}");

    cli.terminal(80, true).run(collector, "alerts");
    assertThat(cli.out()).contains("\u001b[1;31mcritical\u001b[0m");

    CliRun plain = new CliRun().terminal(80, false);
    plain.run(collector, "alerts");
    assertThat(plain.out()).doesNotContain("\u001b");
  }
}
