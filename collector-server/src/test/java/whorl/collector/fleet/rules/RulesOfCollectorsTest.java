package whorl.collector.fleet.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static whorl.collector.fleet.channel.FleetRig.agent;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.fleet.channel.FleetRig;
import whorl.collector.fleet.channel.FleetRig.Wire;
import whorl.collector.fleet.channel.ManualTime;
import whorl.collector.http.request.FakeRequest;
import whorl.collector.store.database.PostgresDatabase;
import whorl.collector.store.rules.RuleStateLedger;
import whorl.collector.testkit.EachEngine;
import whorl.collector.testkit.TestPostgres;
import whorl.evidence.Json;
import whorl.evidence.channel.AgentMessage.RuleSetState;
import whorl.evidence.channel.AgentMessage.RulesLoaded;
import whorl.evidence.channel.CollectorMessage.RuleSetVersion;
import whorl.evidence.channel.CollectorMessage.RuleText;
import whorl.evidence.channel.CollectorMessage.RulesWanted;

/** Rule sets at two collectors with one PostgreSQL database. */
class RulesOfCollectorsTest {
  private static final String ONE = "/api/v1/rules/{name}";
  private static final String YAML = "title: x\n";

  @TempDir Path folder;
  private final ManualTime time = new ManualTime();
  private TestPostgres postgres;
  private FleetRig here;
  private FleetRig there;

  @BeforeEach
  void open() throws IOException {
    postgres = TestPostgres.create();
    here = rig("here");
    there = rig("there");
  }

  private FleetRig rig(String name) throws IOException {
    return new FleetRig(
        Files.createDirectory(folder.resolve(name)),
        time,
        PostgresDatabase.open(postgres.address()));
  }

  @AfterEach
  void close() throws IOException {
    if (postgres != null) {
      here.close();
      there.close();
      postgres.close();
    }
  }

  private static JsonNode push(FleetRig rig, String name) throws IOException {
    Map<String, Object> body = Map.of("target", Map.of("service", "shop"), "rules", YAML);
    return FakeRequest.put(ONE, Json.text(body)).at("name", name).json(rig.ruleRoutes);
  }

  private static List<RuleSetVersion> wanted(Wire wire) {
    List<RulesWanted> all = wire.peer.received(RulesWanted.class);
    return all.get(all.size() - 1).sets();
  }

  @Test
  void pushAndRemoval_reachAgentsOfOtherCollectors() throws IOException {
    Wire wire = there.connectForRules(agent(1));
    push(here, "a");

    await().until(() -> wanted(wire).equals(List.of(new RuleSetVersion("a", 1))));
    wire.say(new RulesLoaded(List.of(new RuleSetState("a", 1, 0, 0, List.of()))));
    assertThat(wire.peer.received(RuleText.class)).containsExactly(new RuleText("a", 1, YAML));

    FakeRequest.delete(ONE).at("name", "a").to(here.ruleRoutes);
    await().until(() -> wanted(wire).isEmpty());
  }

  @Test
  void missedNotification_isMadeUpFor_andNothingIsAnnouncedTwice() throws IOException {
    Wire wire = there.connectForRules(agent(1));
    there.notifications.close();
    push(here, "a");
    assertThat(wanted(wire)).isEmpty();

    there.rules.announceChanges();
    there.rules.announceChanges();

    assertThat(wanted(wire)).containsExactly(new RuleSetVersion("a", 1));
    assertThat(wire.peer.received(RulesWanted.class)).hasSize(2);
  }

  @Test
  void pushesAtTheSameMoment_getDifferentVersions_andTheLastIsInUse() throws Exception {
    List<Callable<Integer>> all = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      FleetRig rig = i % 2 == 0 ? here : there;
      all.add(() -> push(rig, "a").path("version").asInt());
    }

    assertThat(EachEngine.atOnce(all)).containsExactlyInAnyOrder(1, 2, 3, 4, 5, 6, 7, 8);
    JsonNode shown = FakeRequest.get(ONE).at("name", "a").json(here.ruleRoutes);
    assertThat(shown.path("version").asInt()).isEqualTo(8);
    assertThat(shown.path("versions")).hasSize(8);
  }

  @Test
  void statesOfAgents_areKnownElsewhere() throws IOException {
    Wire loaded = there.connectForRules(agent(1));
    there.connectForRules(agent(2));
    push(here, "a");
    await().until(() -> !wanted(loaded).isEmpty());
    loaded.say(
        new RulesLoaded(
            List.of(
                new RuleSetState("a", 1, 1, 2, List.of("x".repeat(600))),
                new RuleSetState("of nobody", 1, 1, 2, List.of()))));
    there.ruleStates.save();

    RuleStateLedger ledger = new RuleStateLedger(here.database);
    assertThat(loaded.peer.closeReason()).isEmpty();
    assertThat(ledger.states("a"))
        .containsOnlyKeys(agent(1).id(), agent(2).id())
        .containsEntry(agent(1).id(), new RuleSetState("a", 1, 1, 2, List.of("x".repeat(500))))
        .containsEntry(agent(2).id(), new RuleSetState("a", 0, 0, 0, List.of()));
    assertThat(ledger.states("of nobody").get(agent(1).id()).version()).isZero();

    // as the fleet shows an agent whose channel is elsewhere
    here.connect(agent(1));
    here.connect(agent(3));
    JsonNode shown = FakeRequest.get(ONE).at("name", "a").json(here.ruleRoutes);
    assertThat(shown.path("agents").findValuesAsText("state"))
        .containsExactly("loaded", "unsupported");

    there.fleet.save();
    assertThat(ledger.forget()).isZero();
    here.database.update("UPDATE rule_states SET at_millis = 0");
    here.database.update("DELETE FROM agents WHERE id = ?", agent(1).id().value());
    assertThat(ledger.forget()).isEqualTo(2);
    assertThat(ledger.states("a")).containsOnlyKeys(agent(2).id());
  }
}
