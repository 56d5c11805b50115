package whorl.collector.fleet.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static whorl.collector.fleet.channel.FleetRig.agent;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.fleet.channel.FleetRig;
import whorl.collector.fleet.channel.FleetRig.Wire;
import whorl.collector.fleet.channel.ManualTime;
import whorl.collector.http.request.FakeRequest;
import whorl.collector.http.request.ProblemException;
import whorl.evidence.Json;
import whorl.evidence.channel.AgentMessage.RuleSetState;
import whorl.evidence.channel.AgentMessage.RulesLoaded;
import whorl.evidence.channel.CollectorMessage.RuleSetVersion;
import whorl.evidence.channel.CollectorMessage.RuleText;
import whorl.evidence.channel.CollectorMessage.RulesWanted;

class RuleRoutesTest {
  private static final String ONE = "/api/v1/rules/{name}";
  private static final String YAML = "title: x\n";

  @TempDir Path folder;
  private final ManualTime time = new ManualTime();
  private FleetRig rig;

  @BeforeEach
  void open() throws IOException {
    rig = new FleetRig(folder, time);
  }

  @AfterEach
  void close() throws IOException {
    rig.close();
  }

  private JsonNode push(String name, Map<String, Object> target, String yaml) throws IOException {
    return FakeRequest.put(ONE, Json.text(Map.of("target", target, "rules", yaml)))
        .at("name", name)
        .json(rig.ruleRoutes);
  }

  private JsonNode pushToShop(String name) throws IOException {
    return push(name, Map.of("service", "shop"), YAML);
  }

  private JsonNode show(String name) throws IOException {
    return FakeRequest.get(ONE).at("name", name).json(rig.ruleRoutes);
  }

  private static List<RuleSetVersion> wanted(Wire wire) {
    List<RulesWanted> all = wire.peer.received(RulesWanted.class);
    return all.get(all.size() - 1).sets();
  }

  private static RuleSetState state(String name, int wanted, int version, String... problems) {
    return new RuleSetState(name, wanted, version, version == 0 ? 0 : 2, List.of(problems));
  }

  @Test
  void push_goesToTheTargetAgents_oneTextPerAnswer() throws IOException {
    Wire shop = rig.connectForRules(agent(1, "shop", "prod"));
    Wire cart = rig.connectForRules(agent(2, "cart", "prod"));
    pushToShop("a");
    pushToShop("b");

    assertThat(wanted(cart)).isEmpty();
    assertThat(wanted(shop))
        .containsExactly(new RuleSetVersion("a", 1), new RuleSetVersion("b", 1));
    assertThat(shop.peer.received(RuleText.class)).isEmpty();

    shop.say(new RulesLoaded(List.of(state("a", 1, 0), state("b", 1, 0))));
    assertThat(shop.peer.received(RuleText.class)).containsExactly(new RuleText("a", 1, YAML));

    shop.say(new RulesLoaded(List.of(state("a", 1, 1), state("b", 1, 0))));
    shop.say(new RulesLoaded(List.of(state("a", 1, 1), state("b", 1, 1))));
    assertThat(shop.peer.received(RuleText.class))
        .containsExactly(new RuleText("a", 1, YAML), new RuleText("b", 1, YAML));
  }

  @Test
  void secondPush_isTheNextVersion_evenAfterARemoval() throws IOException {
    assertThat(pushToShop("a").path("version").asInt()).isEqualTo(1);
    assertThat(pushToShop("a").path("version").asInt()).isEqualTo(2);
    FakeRequest.delete(ONE).at("name", "a").to(rig.ruleRoutes);
    assertThat(pushToShop("a").path("version").asInt()).isEqualTo(3);
    assertThat(show("a").path("versions").findValuesAsText("version"))
        .containsExactly("3", "2", "1");
    assertThat(rig.custody)
        .containsExactly(
            "rules a 1 by responder-1a2b3c4d",
            "rules a 2 by responder-1a2b3c4d",
            "rules a removed by responder-1a2b3c4d",
            "rules a 3 by responder-1a2b3c4d");
  }

  @Test
  void get_ofAnEarlierVersion_hasItsText_soThatItCanBePushedAgain() throws IOException {
    pushToShop("a");
    pushToShop("a");

    JsonNode earlier =
        FakeRequest.get(ONE).at("name", "a").query("version", "1").json(rig.ruleRoutes);
    assertThat(earlier.path("version").asInt()).isEqualTo(1);
    assertThat(earlier.path("rules").asText()).isEqualTo(YAML);
    assertThat(earlier.path("versions").findValuesAsText("version")).containsExactly("2", "1");
    assertThat(show("a").path("version").asInt()).isEqualTo(2);
    for (String none : List.of("3", "0", "x", "")) {
      assertThatThrownBy(
              () -> FakeRequest.get(ONE).at("name", "a").query("version", none).to(rig.ruleRoutes))
          .hasMessageContaining("no such version");
    }
  }

  @Test
  void get_showsTheStateAtEachAgent() throws IOException {
    Wire loaded = rig.connectForRules(agent(1));
    Wire refused = rig.connectForRules(agent(2));
    rig.connectForRules(agent(3));
    rig.connect(agent(4));
    pushToShop("a");
    loaded.say(new RulesLoaded(List.of(state("a", 1, 1, "one rule is refused"))));
    refused.say(new RulesLoaded(List.of(state("a", 1, 0, "a: not YAML"))));

    JsonNode shown = show("a");

    assertThat(shown.path("agents").findValuesAsText("state"))
        .containsExactly("loaded", "refused", "waiting", "unsupported");
    assertThat(shown.path("agents").path(0).path("rules").asInt()).isEqualTo(2);
    assertThat(shown.path("agents").path(0).path("problems").path(0).asText())
        .isEqualTo("one rule is refused");
    assertThat(shown.path("agents").path(1).path("problems").path(0).asText())
        .isEqualTo("a: not YAML");
    assertThat(shown.path("rules").asText()).isEqualTo(YAML);
    assertThat(shown.path("target")).isEqualTo(Json.LENIENT.readTree("{\"service\":\"shop\"}"));
    JsonNode listed = FakeRequest.get("/api/v1/rules").json(rig.ruleRoutes).path("rules").path(0);
    assertThat(listed.path("loaded").asInt()).isEqualTo(1);
    assertThat(listed.path("refused").asInt()).isEqualTo(1);
    assertThat(listed.path("waiting").asInt()).isEqualTo(1);
    assertThat(listed.path("unsupported").asInt()).isEqualTo(1);
    assertThat(listed.has("rules")).isFalse();
  }

  /** They are in memory as long as the agent is connected, and an intruder can be thousands. */
  @Test
  void get_showsTheFirstProblems_ofMany() throws IOException {
    Wire wire = rig.connectForRules(agent(1));
    pushToShop("a");
    String[] problems = Collections.nCopies(200, "x".repeat(1_000)).toArray(String[]::new);
    wire.say(new RulesLoaded(List.of(state("a", 1, 0, problems))));

    JsonNode shown = show("a").path("agents").path(0);

    assertThat(shown.path("state").asText()).isEqualTo("refused");
    assertThat(shown.path("problems")).hasSize(20);
    assertThat(shown.path("problems").path(0).asText()).hasSize(500);
  }

  @Test
  void refusedSet_isNotSentAgainOnTheSameConnection() throws IOException {
    Wire wire = rig.connectForRules(agent(1));
    pushToShop("a");
    wire.say(new RulesLoaded(List.of(state("a", 1, 0))));
    wire.say(new RulesLoaded(List.of(state("a", 1, 0, "broken"))));
    wire.say(new RulesLoaded(List.of(state("a", 1, 0, "broken"))));

    assertThat(wire.peer.received(RuleText.class)).hasSize(1);
  }

  @Test
  void agentThatConnectsLater_getsTheList_andNoTextsThatItHas() throws IOException {
    push("labelled", Map.of("labels", Map.of("team", "checkout")), YAML);
    push("others", Map.of("labels", Map.of("team", "search")), YAML);
    Wire wire = rig.connectForRules(agent(1));

    assertThat(wanted(wire)).containsExactly(new RuleSetVersion("labelled", 1));
    wire.say(new RulesLoaded(List.of(state("labelled", 1, 1))));
    assertThat(wire.peer.received(RuleText.class)).isEmpty();
  }

  @Test
  void olderAgent_getsNothing() throws IOException {
    Wire old = rig.connect(agent(1));
    pushToShop("a");

    assertThat(old.peer.received(RulesWanted.class)).isEmpty();
    assertThat(old.peer.received(RuleText.class)).isEmpty();
  }

  @Test
  void remove_removesTheSetFromTheAgents() throws IOException {
    Wire wire = rig.connectForRules(agent(1));
    pushToShop("a");
    FakeRequest.delete(ONE).at("name", "a").to(rig.ruleRoutes);

    assertThat(wanted(wire)).isEmpty();
    assertThatThrownBy(() -> show("a")).isInstanceOf(ProblemException.class);
  }

  @Test
  void restart_keepsTheSets() throws IOException {
    pushToShop("a");
    rig.close();
    rig = new FleetRig(folder, time);

    assertThat(show("a").path("version").asInt()).isEqualTo(1);
    assertThat(wanted(rig.connectForRules(agent(1)))).containsExactly(new RuleSetVersion("a", 1));
  }

  @Test
  void put_invalid_namesTheProblem() {
    assertProblem(() -> pushToShop("../x"), 400, "not a name for rules");
    assertProblem(() -> push("a", Map.of(), YAML), 400, "target is empty");
    assertProblem(() -> push("a", Map.of("pod", "x"), YAML), 400, "unknown field");
    assertProblem(() -> push("a", Map.of("service", "s"), " "), 400, "rules is empty");
    assertProblem(
        () -> push("a", Map.of("service", "s"), "#" + "\n".repeat(500_000)), 413, "one set may");
    assertProblem(() -> show("nobody"), 404, "no rules");
    assertProblem(
        () -> FakeRequest.delete(ONE).at("name", "nobody").to(rig.ruleRoutes), 404, "no rules");
  }

  @Test
  void put_tooManySets_isRefused() throws IOException {
    for (int i = 0; i < RuleSets.MAX_SETS; i++) {
      pushToShop("s" + i);
    }

    assertProblem(() -> pushToShop("more"), 409, "remove or merge some");
    assertThat(pushToShop("s0").path("version").asInt()).isEqualTo(2);
  }

  private static void assertProblem(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, int status, String words) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ProblemException.class,
            e -> {
              assertThat(e.status()).isEqualTo(status);
              assertThat(e).hasMessageContaining(words);
            });
  }
}
