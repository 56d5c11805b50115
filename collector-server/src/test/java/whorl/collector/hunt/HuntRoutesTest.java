package whorl.collector.hunt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static whorl.collector.fleet.channel.FleetRig.agent;
import static whorl.collector.hunt.HuntRig.ALL;
import static whorl.collector.hunt.HuntRig.ONE;
import static whorl.collector.hunt.HuntRig.answer;
import static whorl.collector.hunt.HuntRig.asked;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import whorl.collector.fleet.channel.FleetRig.Wire;
import whorl.collector.http.request.Access;
import whorl.collector.http.request.FakeRequest;
import whorl.collector.http.request.Grant;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Role;
import whorl.collector.store.access.Part;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Id;
import whorl.evidence.channel.AgentMessage.HuntAnswer;
import whorl.evidence.channel.CollectorMessage;
import whorl.evidence.channel.HuntState;

class HuntRoutesTest extends HuntFixture {
  private static final Principal OF_CART =
      new Principal(
          Role.RESPONDER,
          "cart-person",
          null,
          new Access(
              List.of(new Grant(Role.RESPONDER, new Part(Set.of(), Set.of("cart"), Map.of())))));

  @Test
  void hunt_asksThoseThatCanAnswer_andNamesThoseThatCannot() throws IOException {
    Wire shop = rig.connect(agent(1));
    Wire old = rig.fleet.connect(agent(2));
    String hunt = rig.start(CLASS);

    assertThat(asked(shop)).singleElement().extracting(each -> each.hunt().value()).isEqualTo(hunt);
    assertThat(asked(old)).isEmpty();
    JsonNode unable = rig.agents(hunt).path(1);
    assertThat(unable.path("state").asText()).isEqualTo("unable");
    assertThat(unable.path("reason").asText()).isEqualTo("version 0.1.0 cannot answer hunts");
    assertThat(rig.show(hunt).at("/agents/asked").asInt()).isEqualTo(1);
  }

  @Test
  void question_ofAKindThatTheAgentDoesNotKnow_isNotSent() throws IOException {
    Wire shop = rig.connect(agent(1));

    String hunt = rig.start("{\"library\":{\"name\":\"log4j-core\",\"version\":\"<2.17.1\"}}");

    assertThat(asked(shop)).isEmpty();
    assertThat(rig.agents(hunt).path(0).path("reason").asText())
        .isEqualTo("version 0.1.0 cannot answer questions about a library");
  }

  @Test
  void answers_becomeRows_andTheCursorListsWhatCameSince() throws IOException {
    Wire one = rig.connect(agent(1));
    Wire two = rig.connect(agent(2, "cart", "prod"));
    String hunt = rig.start(CLASS);
    answer(one, "com.evil.A", "com.evil.B");
    rig.hunts.work();

    JsonNode first = FakeRequest.get(ONE + "/rows").at("id", hunt).json(rig.routes);
    assertThat(first.path("rows").findValuesAsText("what"))
        .containsExactly("com.evil.A", "com.evil.B");
    answer(two, "com.evil.C");
    rig.hunts.work();
    JsonNode next =
        FakeRequest.get(ONE + "/rows")
            .at("id", hunt)
            .query("cursor", first.path("next").asText())
            .json(rig.routes);

    assertThat(next.path("rows").findValuesAsText("what")).containsExactly("com.evil.C");
    assertThat(next.path("rows").path(0).path("service").asText()).isEqualTo("cart");
    assertThat(rig.agents(hunt).path(0).path("examined").asInt()).isEqualTo(4_711);
  }

  @Test
  void agentThatAnswersMoreThanItWasAskedFor_takesNoRoomOfOthers() throws IOException {
    Wire one = rig.connect(agent(1));
    Wire two = rig.connect(agent(2));
    String hunt = rig.start("{\"class\":{\"name\":\"x\"},\"limit\":5}");

    answer(one, "a", "b", "c", "d", "e", "f");
    String large = "x".repeat(29_000); // twice in a row
    answer(two, large + 1, large + 2, large + 3, large + 4, large + 5);
    rig.hunts.work();

    assertThat(rig.rows(hunt).findValuesAsText("what"))
        .containsExactly("a", "b", "c", "d", "e", large + 1, large + 2, large + 3, large + 4);
    assertThat(rig.agents(hunt).findValuesAsText("cut"))
        .containsOnly("the answer had more rows than the hunt takes from one JVM")
        .hasSize(2);
  }

  @Test
  void hunt_endsWhenAllHaveAnswered() throws IOException {
    Wire one = rig.connect(agent(1));
    String hunt = rig.start(CLASS);
    assertThat(rig.show(hunt).path("state").asText()).isEqualTo("running");

    answer(one);
    rig.pass(Duration.ofSeconds(2));

    JsonNode ended = rig.show(hunt);
    assertThat(ended.path("state").asText()).isEqualTo("ended");
    assertThat(ended.at("/agents/withRows").asInt()).isZero();
    assertThat(rig.hunts.runningNow()).isZero();
  }

  @Test
  void agentsWithoutAnswer_areNamedWithTheReason() throws IOException {
    Wire refusing = rig.connect(agent(1));
    Wire silent = rig.connect(agent(2));
    Wire leaving = rig.connect(agent(3));
    String hunt = rig.start(CLASS);
    refusing.say(HuntAnswer.without(new Id(hunt), HuntState.REFUSED, "4 hunts wait already"));
    leaving.listener.closed();

    for (int i = 0; i < 19; i++) {
      rig.pass(Duration.ofSeconds(10));
      silent.say(new whorl.evidence.channel.AgentMessage.Status(Map.of(), null, null));
    }

    assertThat(rig.show(hunt).path("state").asText()).isEqualTo("ended");
    assertThat(rig.agents(hunt).findValuesAsText("state"))
        .containsExactly("refused", "silent", "silent");
    assertThat(rig.agents(hunt).findValuesAsText("reason"))
        .containsExactly(
            "4 hunts wait already", "no answer within 150 s", "it is not connected any more");
    assertThat(silent.peer.received(CollectorMessage.HuntEnd.class)).hasSize(1);
  }

  @Test
  void answerThatNobodyAwaits_isCountedAndDropped() throws IOException {
    Wire shop = rig.connect(agent(1));
    Wire cart = rig.connect(agent(2, "cart", "prod"));
    String hunt = rig.start("{\"class\":{\"name\":\"x\"},\"target\":{\"service\":\"shop\"}}");

    cart.say(answer(new Id(hunt), "forged"));
    answer(shop, "x");
    shop.say(answer(new Id(hunt), "twice"));
    rig.hunts.work();

    assertThat(rig.rows(hunt).findValuesAsText("what")).containsExactly("x");
    assertThat(rig.counters.unasked()).isEqualTo(2);
  }

  @Test
  void agentThatConnectsLater_isAskedUntilTheHuntExpires() throws IOException {
    rig.connect(agent(1));
    String hunt = rig.start("{\"class\":{\"name\":\"x\"},\"expires\":\"5m\"}");

    Wire later = rig.connect(agent(2));
    rig.hunts.work();
    assertThat(asked(later)).hasSize(1);

    rig.pass(Duration.ofMinutes(5).plusSeconds(1));
    Wire tooLate = rig.connect(agent(3));
    rig.hunts.work();
    assertThat(asked(tooLate)).isEmpty();
    assertThat(rig.show(hunt).at("/agents/all").asInt()).isEqualTo(2);
  }

  @Test
  void agentThatConnectsAgain_isAskedAgain() throws IOException {
    Wire before = rig.connect(agent(1));
    String hunt = rig.start(CLASS);
    before.listener.closed();
    rig.hunts.work();
    assertThat(rig.agents(hunt).path(0).path("reason").asText())
        .isEqualTo("it disconnected before it answered");

    Wire again = rig.connect(agent(1));
    rig.hunts.work();
    answer(again, "x");
    rig.pass(Duration.ofSeconds(2));

    assertThat(rig.agents(hunt).path(0).path("state").asText()).isEqualTo("answered");
    assertThat(rig.agents(hunt).path(0).has("reason")).isFalse();
    assertThat(rig.show(hunt).path("state").asText()).isEqualTo("ended");
  }

  @Test
  void agentWhoseChannelIsFull_isAskedLater() throws IOException {
    Wire wire = rig.fleet.dial(agent(1));
    wire.say(
        new whorl.evidence.channel.AgentMessage.Hello(
            agent(1), null, Map.of("hunts", List.of("class"))));
    wire.peer.stopReading();

    String hunt = rig.start(CLASS);

    assertThat(rig.agents(hunt).path(0).path("state").asText()).isEqualTo("waiting");
  }

  @Test
  void thirdHuntOfAPerson_isRefused_untilOneIsCancelled() throws IOException {
    Wire shop = rig.connect(agent(1));
    String first = rig.start(CLASS);
    rig.start(CLASS);

    assertThatThrownBy(() -> rig.start(CLASS))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("you have 2 hunts running")
        .extracting(e -> ((ProblemException) e).status())
        .isEqualTo(429);

    FakeRequest.post(ONE + "/cancel", "{}").at("id", first).json(rig.routes);
    assertThat(rig.show(first).path("state").asText()).isEqualTo("cancelled");
    assertThat(shop.peer.received(CollectorMessage.HuntEnd.class))
        .containsExactly(new CollectorMessage.HuntEnd(new Id(first)));
    rig.start(CLASS);
  }

  @Test
  void fifthHuntOfAll_isRefused() throws IOException {
    rig.connect(agent(1));
    for (String name : List.of("a", "b")) {
      for (int i = 0; i < 2; i++) {
        FakeRequest.post(ALL, CLASS).by(new Principal(Role.RESPONDER, name)).json(rig.routes);
      }
    }

    assertThatThrownBy(() -> rig.start(CLASS)).hasMessageContaining("4 hunts are running");
  }

  @Test
  void scope_keepsAgentsAndRowsOfOthersFromAHunt() throws IOException {
    Wire shop = rig.connect(agent(1));
    Wire cart = rig.connect(agent(2, "cart", "prod"));
    String ofAll = rig.start(CLASS);
    answer(shop, "of-shop");
    answer(cart, "of-cart");
    JsonNode own = FakeRequest.post(ALL, CLASS).by(OF_CART).json(rig.routes);
    rig.hunts.work();

    assertThat(asked(shop)).hasSize(1);
    assertThat(asked(cart)).hasSize(2);
    assertThat(own.at("/agents/all").asInt()).isEqualTo(1);
    assertThatThrownBy(() -> FakeRequest.get(ONE).at("id", ofAll).by(OF_CART).json(rig.routes))
        .as("it asks agents that this person does not see")
        .hasMessage("GET /api/v1/hunts lists all");
    assertThat(
            FakeRequest.get(ALL).by(OF_CART).json(rig.routes).path("hunts").findValuesAsText("id"))
        .containsExactly(own.path("id").asText());
    assertThat(FakeRequest.get(ALL).json(rig.routes).path("hunts")).hasSize(2);
  }

  @Test
  void huntOfOwnAgents_isSeenByOthersOfTheScope() throws IOException {
    rig.connect(agent(2, "cart", "prod"));
    String hunt = rig.start("{\"class\":{\"name\":\"x\"},\"target\":{\"service\":\"cart\"}}");

    JsonNode seen = FakeRequest.get(ONE).at("id", hunt).by(OF_CART).json(rig.routes);

    assertThat(seen.path("title").asText()).isEqualTo("class x");
  }

  /** A token for a part of what its maker may see gives nothing of the rest. */
  @Test
  void tokenForAPart_neitherSeesNorEndsHuntsOfItsMakerAboutOthers() throws IOException {
    rig.connect(agent(1));
    rig.connect(agent(2, "cart", "prod"));
    String ofShop = rig.start("{\"class\":{\"name\":\"x\"},\"target\":{\"service\":\"shop\"}}");
    Principal token = tokenOf("responder-1a2b3c4d");
    JsonNode own = FakeRequest.post(ALL, CLASS).by(token).json(rig.routes);

    assertThat(FakeRequest.get(ALL).by(token).json(rig.routes).path("hunts").findValuesAsText("id"))
        .containsExactly(own.path("id").asText());
    for (FakeRequest each :
        List.of(
            FakeRequest.get(ONE),
            FakeRequest.get(ONE + "/rows"),
            FakeRequest.get(ONE + "/agents"),
            FakeRequest.post(ONE + "/cancel", "{}"),
            FakeRequest.post(ONE + "/captures", "{}"))) {
      assertThatThrownBy(() -> each.at("id", ofShop).by(token).json(rig.routes))
          .hasMessage("GET /api/v1/hunts lists all");
    }
    assertThat(rig.show(ofShop).path("state").asText()).isEqualTo("running");
    assertThat(FakeRequest.get(ALL).json(rig.routes).path("hunts")).hasSize(2);
  }

  @Test
  void huntOfATokenForAgentsThatConnectLater_isAnswered_andSeenOnceOneIsThere() throws IOException {
    Principal token = tokenOf("responder-1a2b3c4d");

    JsonNode begun =
        FakeRequest.post(ALL, "{\"class\":{\"name\":\"x\"},\"expires\":\"5m\"}")
            .by(token)
            .json(rig.routes);
    rig.connect(agent(2, "cart", "prod"));
    rig.hunts.work();

    String hunt = begun.path("id").asText();
    assertThat(begun.at("/agents/all").asInt()).isZero();
    JsonNode shown = FakeRequest.get(ONE).at("id", hunt).by(token).json(rig.routes);
    assertThat(shown.at("/agents/all").asInt()).isEqualTo(1);
  }

  /** An API token of this person, for the service cart. */
  private static Principal tokenOf(String maker) {
    return new Principal(
        Role.RESPONDER, Principal.nameWithToken(maker, "token-0001"), null, OF_CART.access());
  }

  @Test
  void ruleThatDoesNotCompile_isRefusedWithThePosition() {
    rig.connect(agent(1));

    assertThatThrownBy(() -> rig.start("{\"rule\":\"title: x\\nlogsource: {product: jvm\\n\"}"))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("line");
    assertThatThrownBy(
            () ->
                rig.start(
                    "{\"rule\":\"title: x\\nlogsource: {product: windows, category: y}\\n"
                        + "detection: {a: {b: c}, condition: a}\\n\"}"))
        .hasMessageContaining("windows");
    assertThatThrownBy(() -> rig.start("{\"rule\":\"no-such-rule\"}"))
        .hasMessageContaining("no-such-rule");
  }

  @Test
  void ruleByIdOrText_hasItsTitle() throws IOException {
    rig.connect(agent(1));

    String byId = rig.start("{\"rule\":\"97d7c5c5-a4c3-48ad-b6b6-4570b4821c3e\"}");
    String byText =
        rig.start(
            "{\"rule\":\"title: Curl\\nlogsource: {product: jvm, category: process_creation}\\n"
                + "detection: {a: {command|contains: curl}, condition: a}\\n\"}");

    assertThat(rig.show(byId).path("title").asText()).startsWith("rule ").contains("Proc");
    assertThat(rig.show(byText).path("title").asText()).isEqualTo("rule Curl");
  }

  /** An answer per text would spell out what a set that this person does not see has in it. */
  @Test
  void ruleOfAPushedSet_isFoundByItsWholeId_byThoseWhoSeeTheSet() throws IOException {
    rig.connect(agent(1));
    rig.connect(agent(2, "cart", "prod"));
    FakeRequest.put(
            "/api/v1/rules/{name}",
            "{\"target\":{\"service\":\"shop\"},\"rules\":\"title: Secret\\nid: shop-0001\\n"
                + "logsource: {product: jvm, category: process_creation}\\n"
                + "detection: {a: {command|contains: hidden-word}, condition: a}\\n\"}")
        .at("name", "of-shop")
        .json(rig.fleet.ruleRoutes);

    String found = rig.start("{\"rule\":\"shop-0001\"}");

    assertThat(rig.show(found).path("title").asText())
        .isEqualTo("rule shop-0001 of the set of-shop");
    assertThatThrownBy(() -> rig.start("{\"rule\":\"hidden-word\"}"))
        .hasMessageContaining("no built-in rule and no pushed one");
    assertThatThrownBy(
            () -> FakeRequest.post(ALL, "{\"rule\":\"shop-0001\"}").by(OF_CART).json(rig.routes))
        .hasMessageContaining("no built-in rule and no pushed one");
  }

  @Test
  void body_isChecked() {
    rig.connect(agent(1));
    Map<String, String> wrong =
        Map.of(
            "{}", "exactly one",
            "{\"class\":{\"name\":\"x\"},\"library\":{\"name\":\"y\"}}", "exactly one",
            "{\"class\":{}}", "name or sha256",
            "{\"class\":{\"sha256\":\"xyz\"}}", "64 hexadecimal digits",
            "{\"connection\":{\"address\":\"10.0.0.0/99\"}}", "not a network",
            "{\"library\":{\"name\":\"x\",\"version\":\"[2.0\"}}", "not a range of versions",
            "{\"registration\":{}}", "kind or class",
            "{\"class\":{\"name\":\"x\"},\"window\":\"25h\"}", "window",
            "{\"class\":{\"name\":\"x\"},\"limit\":101}", "100",
            "{\"class\":{\"name\":\"x\"},\"expires\":\"soon\"}", "expires");

    wrong.forEach(
        (body, why) ->
            assertThatThrownBy(() -> rig.start(body)).as(body).hasMessageContaining(why));
  }

  @Test
  void hunt_isInCustodyBeforeAnyAgentIsAsked() throws IOException {
    rig.connect(agent(1));

    String hunt = rig.start("{\"class\":{\"name\":\"x\"},\"reason\":\"odd\"}");

    CustodyEntry entry = rig.inCustody().get(0);
    assertThat(entry.action()).isEqualTo("hunted");
    assertThat(entry.actor()).isEqualTo("responder-1a2b3c4d");
    assertThat(entry.detail())
        .containsEntry("hunt", hunt)
        .containsEntry("question", "class x")
        .containsEntry("target", "all agents")
        .containsEntry("agents", "1")
        .containsEntry("reason", "odd")
        .containsEntry("from", "192.0.2.9");
  }

  @Test
  void huntThatCannotBeAsked_keepsBackNoOther() throws IOException {
    String bad = rig.start("{\"class\":{\"name\":\"x\"},\"expires\":\"5m\"}");
    String good = rig.start("{\"class\":{\"name\":\"y\"},\"expires\":\"5m\"}");
    rig.unknown = agent(1).id();
    Wire one = rig.connect(agent(1));
    Wire two = rig.connect(agent(2));

    assertThatThrownBy(() -> rig.pass(Duration.ofSeconds(1)))
        .hasMessageContaining(" at agent " + one.id() + ": a strange value");
    assertThat(HuntRig.asked(two)).extracting(each -> each.hunt().value()).contains(bad, good);
  }
}
