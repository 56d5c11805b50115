package whorl.collector.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Test;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.evidence.Json;

/** Alerts, decisions about them, and mutes. */
final class AlertListingsTest extends ListingsFixture {
  @Test
  void resolvedAlerts_lookResolved() {
    String alert =
        "{'id':'a-%s','time':'2026-11-24T11:00:00Z','level':'critical','title':'Pod restarts',"
            + "'rule':'r','source':'alertmanager','service':'shop','state':'%s'}";
    collector.on(
        "GET /api/v1/alert-groups",
        "{'groups':[" + alert.formatted(1, "resolved") + "," + alert.formatted(2, "open") + "]}");

    assertThat(cli.run(collector, "alerts")).isEqualTo(ExitStatus.DONE);

    List<String> lines = cli.out().lines().toList();
    assertThat(lines.get(0)).startsWith("TITLE").endsWith("ID");
    assertThat(lines.get(1)).startsWith("Pod restarts").contains("resolved").endsWith("a-1");
    assertThat(lines.get(2)).contains("critical", "open").doesNotContain("resolved");
  }

  @Test
  void alerts_decisions_nameTheVersionThatTheyHaveSeen() throws Exception {
    String group =
        "{'id':'alert-001','level':'high','title':'A shell','count':16,'state':'%s',"
            + "'assignee':%s,'version':%d,'lastSeen':'2026-11-24T11:00:00Z'}";
    collector.on("GET /api/v1/alert-groups/alert-001", group.formatted("open", "null", 7));
    collector.on(
        "PATCH /api/v1/alert-groups/alert-001", group.formatted("acknowledged", "'anna'", 8));

    assertThat(cli.run(collector, "alerts", "ack", "alert-001", "--comment", "mine"))
        .isEqualTo(ExitStatus.DONE);

    JsonNode sent = Json.MAPPER.readTree(collector.requests.get(1).body());
    assertThat(sent.get("version").asInt()).isEqualTo(7);
    assertThat(sent.get("state").asText()).isEqualTo("acknowledged");
    assertThat(sent.get("assignee").asText()).isEqualTo("me");
    assertThat(sent.get("comment").asText()).isEqualTo("mine");
    assertThat(cli.err()).contains("alert-001 is acknowledged, assigned to anna");
  }

  @Test
  void alerts_ofSomebodyElse_sayWhoseTheyWere() {
    String group =
        "{'id':'alert-001','level':'high','title':'A shell','state':'acknowledged',"
            + "'assignee':'%s','version':7,'lastSeen':'2026-11-24T11:00:00Z'}";
    collector.on("GET /api/v1/alert-groups/alert-001", group.formatted("anna"));
    collector.on("PATCH /api/v1/alert-groups/alert-001", group.formatted("bob"));

    assertThat(cli.run(collector, "alerts", "ack", "alert-001")).isEqualTo(ExitStatus.DONE);

    assertThat(cli.err())
        .contains("is acknowledged, assigned to bob; before it was acknowledged, assigned to anna");
  }

  @Test
  void alerts_show_hasTheWholeIdsOfRules_andTheCapture() {
    String rule = "b3eb74eb-fed4-4bfe-a683-72a0dd3db7dd";
    String alert = "{'id':'alert-00%d','rule':'%s','title':'A shell','level':'high'}";
    collector.on(
        "GET /api/v1/alert-groups/alert-001",
        "{'id':'alert-001','title':'A shell','capture':'capture-001','alerts':["
            + alert.formatted(1, rule)
            + ","
            + alert.formatted(2, rule)
            + "]}");

    assertThat(cli.run(collector, "alerts", "show", "alert-001")).isEqualTo(ExitStatus.DONE);

    assertThat(cli.out())
        .containsOnlyOnce("Rule:      " + rule + "  A shell")
        .contains("Capture:   capture-001");
  }

  @Test
  void alerts_show_saysOfWhichAlertTheRequestIs() {
    String alert = "{'id':'alert-00%d','rule':'r','title':'A shell','level':'high'}";
    collector.on(
        "GET /api/v1/alert-groups/alert-001",
        "{'id':'alert-001','title':'A shell','request':'GET /view from 127.0.0.1','alerts':["
            + alert.formatted(1)
            + ","
            + alert.formatted(2)
            + "]}");
    collector.on(
        "GET /api/v1/alert-groups/alert-002",
        "{'id':'alert-002','title':'A shell','request':'GET /view from 127.0.0.1','alerts':["
            + alert.formatted(2)
            + "]}");

    assertThat(cli.run(collector, "alerts", "show", "alert-001")).isEqualTo(ExitStatus.DONE);
    assertThat(cli.out()).contains("GET /view from 127.0.0.1, of the first alert");
    assertThat(cli.run(collector, "alerts", "show", "alert-002")).isEqualTo(ExitStatus.DONE);
    assertThat(cli.out().lines()).contains("Request:   GET /view from 127.0.0.1");
  }

  @Test
  void alerts_filters_areSent_andEachListsAlerts() {
    collector.on("GET /api/v1/alerts", "{'alerts':[]}");

    int status =
        cli.run(
            collector,
            "alerts",
            "--each",
            "--since",
            "10m",
            "--state",
            "unfinished",
            "--query",
            "bin sh");

    assertThat(status).isEqualTo(ExitStatus.NOTHING_MATCHED);
    assertThat(collector.requests.get(0).uri())
        .isEqualTo(
            "/api/v1/alerts?state=unfinished&q=bin+sh&from=2026-11-24T11%3A50%3A00Z&muted=hide&limit=100");
  }

  @Test
  void alerts_mute_isMadeListedAndEnded() throws Exception {
    String mute =
        "{'id':'mute-0001','rule':'r','service':'shop','reason':'load test','by':'anna',"
            + "'at':'2026-11-24T11:00:00Z','until':'2026-11-24T13:00:00Z'}";
    collector.on("POST /api/v1/alert-mutes", mute);
    collector.on("GET /api/v1/alert-mutes", "{'mutes':[" + mute + "]}");
    collector.on("GET /api/v1/alerts", "{'alerts':[{'id':'alert-001'}]}");
    collector.on("DELETE /api/v1/alert-mutes/mute-0001", "{}");

    assertThat(
            cli.run(
                collector,
                "alerts",
                "mute",
                "r",
                "--service",
                "shop",
                "--for",
                "2h",
                "--reason",
                "load test"))
        .isEqualTo(ExitStatus.DONE);
    JsonNode sent = Json.MAPPER.readTree(collector.requests.get(0).body());
    assertThat(sent.get("duration").asText()).isEqualTo("2h");
    assertThat(cli.err())
        .contains("until 2026-11-24 13:00:00Z", "unmute mute-0001")
        .doesNotContain("hides no alert");
    assertThat(cli.run(collector, "alerts", "mutes")).isEqualTo(ExitStatus.DONE);
    assertThat(cli.out()).contains("load test", "shop", "mute-0001");
    assertThat(cli.run(collector, "alerts", "unmute", "mute-0001")).isEqualTo(ExitStatus.DONE);
  }

  @Test
  void alerts_mute_ofARuleWithoutAlerts_saysSo() {
    collector.on(
        "POST /api/v1/alert-mutes",
        "{'id':'mute-0001','rule':'72a0dd3d','service':'shop','until':'2026-11-24T13:00:00Z'}");
    collector.on("GET /api/v1/alerts", "{'alerts':[]}");

    int status =
        cli.run(
            collector,
            "alerts",
            "mute",
            "72a0dd3d",
            "--service=shop",
            "--for=2h",
            "--reason=load test");

    assertThat(status).isEqualTo(ExitStatus.DONE);
    assertThat(cli.err())
        .contains("hides no alert yet: there is none of the rule 72a0dd3d in shop", "alerts show");
    assertThat(collector.requests.get(1).uri())
        .contains("rule=72a0dd3d", "service=shop", "muted=show");
  }

  @Test
  void alerts_unknownLevel_isWrongUsage() {
    assertThat(cli.run(collector, "alerts", "--level", "urgent")).isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(cli.err()).contains("not a level (informational, low,", "whorl alerts --help");
    assertThat(collector.requests).isEmpty();
  }

  @Test
  void alerts_level_ignoresCase() {
    collector.on("GET /api/v1/alert-groups", "{'groups':[]}");
    cli.run(collector, "alerts", "--level", "HIGH");
    assertThat(collector.requests).hasSize(1);
    assertThat(collector.requests.get(0).toString()).contains("atLeast=high");
  }
}
