package whorl.collector.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static whorl.collector.fleet.channel.FleetRig.agent;
import static whorl.collector.fleet.channel.FleetRig.event;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.fleet.channel.FleetRig.Wire;
import whorl.collector.fleet.channel.ManualTime;
import whorl.collector.http.request.FakeRequest;
import whorl.collector.http.request.ProblemException;
import whorl.evidence.Alert;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.channel.AgentMessage.AlertRaised;

/** Groups, what people decide about them, and mutes, over the API. */
class GroupRoutesTest {
  private static final String GROUPS = "/api/v1/alert-groups";
  private static final String GROUP = GROUPS + "/{id}";
  private static final String MUTES = "/api/v1/alert-mutes";

  @TempDir Path folder;
  private final ManualTime time = new ManualTime();
  private AlertRig rig;

  @BeforeEach
  void open() throws IOException {
    rig = new AlertRig(folder, time);
  }

  @AfterEach
  void close() throws IOException {
    rig.close();
  }

  /** An attack: a capture, and alerts that join it or ask for none. */
  private Wire attack() throws Exception {
    Wire wire = rig.fleet.connect(agent(1));
    Id capture = new Id("capture-00000001");
    wire.say(new AlertRaised(rig.alert("rule-a"), capture, List.of(event(1)), null));
    wire.say(new AlertRaised(rig.alert("rule-b"), null, List.of(), capture));
    wire.say(new AlertRaised(rig.alert("rule-b"), null, List.of(), null));
    return wire;
  }

  @Test
  void alertByAWrongClock_orThatCameLate_isFoundByWhenItWasReceived() throws Exception {
    Alert anHourBehind = rig.alert("rule-a");
    time.pass(Duration.ofHours(1));
    rig.fleet.connect(agent(1)).say(new AlertRaised(anHourBehind, null, List.of(event(1))));

    assertThat(groups("from", time.instant().minusSeconds(600))).hasSize(1);
    assertThat(groups("to", anHourBehind.time())).hasSize(1);

    time.pass(Duration.ofDays(1));
    Alert aDayAhead = rig.alert("rule-b");
    time.pass(Duration.ofDays(-1));
    rig.fleet.connect(agent(2)).say(new AlertRaised(aDayAhead, null, List.of(event(1))));

    assertThat(groups("to", time.instant())).hasSize(2);
  }

  private JsonNode groups(String parameter, Instant at) throws IOException {
    return FakeRequest.get(GROUPS)
        .query(parameter, at.toString())
        .json(rig.triageRoutes)
        .get("groups");
  }

  private JsonNode patch(String group, String body) throws IOException {
    return FakeRequest.patch(GROUP, body).at("id", group).json(rig.triageRoutes);
  }

  @Test
  void alertsOfAnAttack_areOneLine_thatOpens() throws Exception {
    attack();

    assertThat(rig.groups()).hasSize(1);
    JsonNode group = rig.groups().get(0);
    assertThat(group.get("count").asInt()).isEqualTo(3);
    assertThat(group.get("level").asText()).isEqualTo("high");
    assertThat(group.get("state").asText()).isEqualTo("open");
    assertThat(group.get("capture").asText()).isEqualTo("capture-00000001");
    assertThat(group.get("titles")).hasSize(2);
    assertThat(group.has("alerts")).isFalse();

    String id = group.get("id").asText();
    JsonNode opened = FakeRequest.get(GROUP).at("id", id).json(rig.triageRoutes);
    assertThat(opened.get("alerts")).hasSize(3);
    assertThat(opened.get("alerts").get(0).get("group").asText()).isEqualTo(id);
    assertThat(opened.get("acts")).isEmpty();
    JsonNode members =
        FakeRequest.get("/api/v1/alerts").query("group", id).query("limit", 2).json(rig.routes);
    assertThat(members.get("alerts")).hasSize(2);
    assertThat(members.has("next")).isTrue();
  }

  @Test
  void twoPeopleAtOnce_loseNothing() throws Exception {
    attack();
    String id = rig.groups().get(0).get("id").asText();

    JsonNode mine = patch(id, "{\"state\":\"acknowledged\",\"assignee\":\"me\",\"version\":0}");
    assertThat(mine.get("state").asText()).isEqualTo("acknowledged");
    assertThat(mine.get("assignee").asText()).isEqualTo("responder-1a2b3c4d");
    assertThat(mine.get("version").asLong()).isEqualTo(1);
    assertThatThrownBy(
            () ->
                FakeRequest.patch(GROUP, "{\"state\":\"false-positive\",\"version\":0}")
                    .at("id", id)
                    .as("responder-99999999")
                    .to(rig.triageRoutes))
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> {
              assertThat(problem.status()).isEqualTo(409);
              assertThat(problem)
                  .hasMessageContaining("acknowledged")
                  .hasMessageContaining("responder-1a2b3c4d")
                  .hasMessageContaining("version 1");
            });
    FakeRequest.patch(GROUP, "{\"comment\":\"a pentest of ours\",\"version\":0}")
        .at("id", id)
        .as("responder-99999999")
        .to(rig.triageRoutes);

    JsonNode acts = FakeRequest.get(GROUP).at("id", id).json(rig.triageRoutes).get("acts");
    assertThat(acts).hasSize(3);
    assertThat(acts.findValuesAsText("act"))
        .containsExactlyInAnyOrder("state", "assignee", "comment");
    assertThat(acts.findValuesAsText("by")).contains("responder-1a2b3c4d", "responder-99999999");
    assertThat(triagedInCustody())
        .hasSize(2)
        .anySatisfy(
            line -> assertThat(line).contains("token responder-1a2b3c4d", "acknowledged", id))
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains("token responder-99999999", "commentSha256")
                    .doesNotContain("pentest"));
  }

  private List<String> triagedInCustody() throws IOException {
    return rig.custody.lines(0, 100).stream()
        .map(line -> new String(line.bytes(), StandardCharsets.UTF_8))
        .filter(line -> line.contains("alerts_triaged"))
        .toList();
  }

  @Test
  void oneAlert_isDecided_andTheGroupIsAsUnfinishedAsItsLeastFinished() throws Exception {
    attack();
    JsonNode group = rig.groups().get(0);
    String id = group.get("id").asText();
    JsonNode alerts = FakeRequest.get(GROUP).at("id", id).json(rig.triageRoutes).get("alerts");
    for (int i = 0; i < 3; i++) {
      assertThat(rig.groups().get(0).get("state").asText()).isEqualTo("open");
      JsonNode changed =
          FakeRequest.patch("/api/v1/alerts/{id}", "{\"state\":\"false-positive\"}")
              .at("id", alerts.get(i).get("id").asText())
              .json(rig.triageRoutes);
      assertThat(changed.get("state").asText()).isEqualTo("false-positive");
    }
    assertThat(rig.groups().get(0).get("state").asText()).isEqualTo("false-positive");
    assertThat(
            FakeRequest.get(GROUPS)
                .query("state", "unfinished")
                .json(rig.triageRoutes)
                .get("groups"))
        .isEmpty();
    assertThat(
            FakeRequest.get("/api/v1/alerts")
                .query("state", "false-positive")
                .json(rig.routes)
                .get("alerts"))
        .hasSize(3);
  }

  @Test
  void filters_byWordsLevelAndTime() throws Exception {
    attack();
    time.pass(Duration.ofHours(1));

    assertThat(found("q", "bin sh started")).isEqualTo(1);
    assertThat(found("q", "nothing of that")).isZero();
    assertThat(found("atLeast", "high")).isEqualTo(1);
    assertThat(found("atLeast", "critical")).isZero();
    assertThat(found("level", "high")).isEqualTo(1);
    assertThat(found("since", "10m")).isZero();
    assertThat(found("since", "2h")).isEqualTo(1);
    assertThat(found("from", time.instant().minusSeconds(7200).toString())).isEqualTo(1);
    assertThat(found("to", time.instant().minusSeconds(7200).toString())).isZero();
    assertThat(found("assignee", "nobody")).isEqualTo(1);
    assertThat(found("assignee", "me")).isZero();
    for (String wrong : List.of("since=ten", "state=done", "level=awful", "muted=maybe")) {
      String[] parts = wrong.split("=");
      assertThatThrownBy(() -> found(parts[0], parts[1]))
          .isInstanceOf(ProblemException.class)
          .hasMessageContaining(parts[1]);
    }
  }

  private int found(String name, Object value) throws IOException {
    return FakeRequest.get(GROUPS).query(name, value).json(rig.triageRoutes).get("groups").size();
  }

  @Test
  void whatIsNoChange_isRefused() throws Exception {
    attack();
    String id = rig.groups().get(0).get("id").asText();
    for (String body :
        List.of(
            "{}",
            "{\"state\":\"done\"}",
            "{\"comment\":\"  \"}",
            "{\"comment\":\"" + "x".repeat(4_001) + "\"}",
            "{\"comment\":\"\\u001b[31m\"}",
            "{\"assignee\":\"a\\nb\"}",
            "{\"closed\":true}")) {
      assertThatThrownBy(() -> patch(id, body))
          .as(body)
          .isInstanceOfSatisfying(
              ProblemException.class, problem -> assertThat(problem.status()).isEqualTo(400));
    }
    assertThatThrownBy(() -> patch("alert-of-nobody", "{\"state\":\"open\"}"))
        .isInstanceOfSatisfying(
            ProblemException.class, problem -> assertThat(problem.status()).isEqualTo(404));
  }

  @Test
  void resolvedByAlertmanager_isOneLineWithWhatItEnds() throws Exception {
    JsonNode both = Json.LENIENT.readTree(AlertRig.payload("alertmanager.json"));
    String firing = both.toString().replace("\"resolved\"", "\"firing\"");
    String resolved = both.toString().replace("\"firing\"", "\"resolved\"");
    rig.post("alertmanager", firing);
    rig.post("alertmanager", firing); // by a second webhook
    assertThat(rig.groups()).hasSize(2);
    assertThat(rig.groups().findValuesAsText("state")).containsOnly("open");

    rig.post("alertmanager", resolved);

    assertThat(rig.groups()).hasSize(2);
    assertThat(rig.groups().findValuesAsText("state")).containsOnly("resolved");
  }

  @Test
  void mute_needsARuleAServiceAReasonAndAnEnd_andNeverStopsACapture() throws Exception {
    for (String wrong :
        List.of(
            "{\"service\":\"shop\",\"duration\":\"2h\",\"reason\":\"x\"}",
            "{\"rule\":\"rule-a\",\"duration\":\"2h\",\"reason\":\"x\"}",
            "{\"rule\":\"rule-a\",\"service\":\"shop\",\"reason\":\"x\"}",
            "{\"rule\":\"rule-a\",\"service\":\"shop\",\"duration\":\"2h\"}",
            "{\"rule\":\"rule-a\",\"service\":\"shop\",\"duration\":\"31d\",\"reason\":\"x\"}",
            "{\"rule\":\"rule-a\",\"service\":\"shop\",\"duration\":\"soon\",\"reason\":\"x\"}")) {
      assertThatThrownBy(() -> FakeRequest.post(MUTES, wrong).to(rig.triageRoutes))
          .as(wrong)
          .isInstanceOfSatisfying(
              ProblemException.class, problem -> assertThat(problem.status()).isEqualTo(400));
    }
    Wire wire = rig.fleet.connect(agent(1));
    String service = agent(1).service();
    JsonNode mute =
        FakeRequest.post(
                MUTES,
                "{\"rule\":\"rule-a\",\"service\":\""
                    + service
                    + "\",\"duration\":\"2h\",\"reason\":\"we test\"}")
            .json(rig.triageRoutes);
    Id capture = new Id("capture-00000001");
    wire.say(new AlertRaised(rig.alert("rule-a"), capture, List.of(), null));

    assertThat(wire.verdicts().get(0).full()).as("captured all the same").isTrue();
    JsonNode list = FakeRequest.get(GROUPS).json(rig.triageRoutes);
    assertThat(list.get("groups")).isEmpty();
    assertThat(list.get("muted").asInt()).isEqualTo(1);
    JsonNode shown = FakeRequest.get(GROUPS).query("muted", "only").json(rig.triageRoutes);
    assertThat(shown.get("groups")).hasSize(1);
    String id = shown.get("groups").get(0).get("id").asText();
    assertThat(
            FakeRequest.get(GROUP)
                .at("id", id)
                .json(rig.triageRoutes)
                .get("mutes")
                .findValuesAsText("reason"))
        .containsExactly("we test");
    assertThat(FakeRequest.get(MUTES).json(rig.triageRoutes).get("mutes")).hasSize(1);

    FakeRequest.delete(MUTES + "/{id}").at("id", mute.get("id").asText()).to(rig.triageRoutes);
    assertThat(rig.groups()).hasSize(1);
    assertThat(FakeRequest.get(MUTES).json(rig.triageRoutes).get("mutes")).isEmpty();
    assertThat(triagedInCustody())
        .hasSize(2)
        .allSatisfy(line -> assertThat(line).contains("we test", "rule-a"));
  }
}
