package whorl.collector.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static whorl.collector.fleet.channel.FleetRig.agent;
import static whorl.collector.probe.ProbeRig.ADMIN;
import static whorl.collector.probe.ProbeRig.ALL;
import static whorl.collector.probe.ProbeRig.OF_SHOP;
import static whorl.collector.probe.ProbeRig.ONE;
import static whorl.collector.probe.ProbeRig.asked;
import static whorl.collector.probe.ProbeRig.body;
import static whorl.collector.probe.ProbeRig.ended;
import static whorl.collector.probe.ProbeRig.running;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.fleet.channel.FleetRig;
import whorl.collector.fleet.channel.FleetRig.Wire;
import whorl.collector.fleet.channel.ManualTime;
import whorl.collector.http.request.Access;
import whorl.collector.http.request.FakeRequest;
import whorl.collector.http.request.Grant;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Role;
import whorl.collector.store.access.Part;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Id;
import whorl.evidence.channel.AgentMessage.ProbeReport;
import whorl.evidence.channel.CollectorMessage;
import whorl.evidence.channel.ProbeRequest;

class ProbeRoutesTest {
  private static final Principal OF_CART =
      new Principal(
          Role.ADMIN,
          "cart-person",
          null,
          new Access(List.of(new Grant(Role.ADMIN, new Part(Set.of(), Set.of("cart"), Map.of())))));

  @TempDir Path folder;
  private final ManualTime time = new ManualTime();
  private ProbeRig rig;

  @BeforeEach
  void open() throws IOException {
    FleetRig fleet = new FleetRig(folder, time);
    rig = new ProbeRig(folder, fleet, fleet.notifications);
  }

  @AfterEach
  void close() throws Exception {
    rig.close();
  }

  @Test
  void probe_isSentToTheAgents_andItsCallsAreKept() throws IOException {
    Wire shop = rig.connect(agent(1));
    Wire cart = rig.connect(agent(2, "cart", "prod"));

    String probe = rig.start(OF_SHOP);

    assertThat(asked(shop))
        .containsExactly(
            new CollectorMessage.Probe(
                new Id(probe),
                new ProbeRequest("com.example.Orders", "find", null, 60, 3, false, false, false)));
    assertThat(asked(cart)).isEmpty();
    shop.say(running(probe, 2));
    rig.probes.work();
    assertThat(rig.agent(probe, 0).path("state").asText()).isEqualTo("running");
    assertThat(rig.agent(probe, 0).path("skipped").asInt()).isEqualTo(7);
    assertThat(rig.calls(probe)).hasSize(2);
    assertThat(rig.calls(probe).path(0).path("arguments").path(0).asText())
        .isEqualTo("customer: java.lang.String of 5 characters");
    assertThat(rig.calls(probe).path(0).path("service").asText()).isEqualTo("shop");
  }

  @Test
  void callsAfterTheCursor_areThoseThatHaveComeSince() throws IOException {
    Wire shop = rig.connect(agent(1));
    String probe = rig.start(OF_SHOP);
    shop.say(running(probe, 2));
    rig.probes.work();
    JsonNode first = FakeRequest.get(ONE + "/calls").at("id", probe).json(rig.routes);

    shop.say(running(probe, 1));
    rig.probes.work();
    JsonNode next =
        FakeRequest.get(ONE + "/calls")
            .at("id", probe)
            .query("cursor", first.path("next").asText())
            .json(rig.routes);

    assertThat(next.path("calls")).hasSize(1);
    assertThat(next.path("calls").path(0).path("number").asInt()).isEqualTo(3);
  }

  @Test
  void moreCallsThanAllowed_areDroppedAndCounted() throws IOException {
    Wire shop = rig.connect(agent(1));
    String probe = rig.start(OF_SHOP);

    shop.say(running(probe, 20));
    rig.probes.work();

    assertThat(rig.calls(probe)).hasSize(3);
    assertThat(rig.show(probe).path("droppedCalls").asInt()).isEqualTo(17);
  }

  @Test
  void end_isInCustodyWithItsReason_andWhetherClassesAreRestored() throws IOException {
    Wire shop = rig.connect(agent(1));
    String probe = rig.start(OF_SHOP);
    CustodyEntry begun = rig.inCustody().get(0);
    assertThat(begun.action()).isEqualTo("probed");
    assertThat(begun.detail())
        .containsEntry("method", "com.example.Orders#find")
        .containsEntry("reason", "why")
        .containsEntry("arguments", "types and sizes")
        .containsEntry("agents", agent(1).id().value());
    shop.say(running(probe, 2));
    shop.say(ended(probe, "its time is over", true));

    rig.pass(Duration.ofSeconds(3));

    JsonNode shown = rig.show(probe);
    assertThat(shown.path("state").asText()).isEqualTo("ended");
    assertThat(shown.path("why").asText()).isEqualTo("all its agents have ended it");
    assertThat(shown.at("/agents/0/restored").asBoolean()).isTrue();
    assertThat(shown.at("/agents/0/methods")).hasSize(1);
    assertThat(rig.inCustody()).hasSize(2);
    assertThat(rig.inCustody().get(1).detail())
        .containsEntry("ended", "all its agents have ended it")
        .containsEntry("calls", "2")
        .containsEntry(
            "agent " + agent(1).id().value(), "ended: its time is over; classes restored");
    assertThat(rig.probes.runningNow()).isZero();
  }

  @Test
  void delete_endsItAtTheAgents_andIsInCustody() throws IOException {
    Wire shop = rig.connect(agent(1));
    String probe = rig.start(OF_SHOP);
    shop.say(running(probe, 1));
    rig.probes.work();

    JsonNode answer = FakeRequest.delete(ONE).at("id", probe).by(ADMIN).json(rig.routes);

    assertThat(answer.path("state").asText()).isEqualTo("stopping");
    assertThat(ended(shop)).containsExactly(new CollectorMessage.ProbeEnd(new Id(probe)));
    shop.say(ended(probe, "it was ended", true));
    rig.pass(Duration.ofSeconds(3));
    assertThat(rig.show(probe).path("state").asText()).isEqualTo("ended");
    assertThat(rig.show(probe).path("why").asText()).startsWith("ended by ");
    assertThat(ended(shop)).hasSize(1);
  }

  @Test
  void agentWithoutProbes_isNotAsked() throws IOException {
    Wire old = rig.fleet.connect(agent(1));

    String probe = rig.start(OF_SHOP);
    rig.pass(Duration.ofSeconds(3));

    assertThat(asked(old)).isEmpty();
    assertThat(rig.agent(probe, 0).path("state").asText()).isEqualTo("unable");
    assertThat(rig.agent(probe, 0).path("reason").asText()).contains("probes=on-request");
    assertThat(rig.show(probe).path("state").asText()).isEqualTo("ended");
  }

  @Test
  void refusal_isShownWithItsReason() throws IOException {
    Wire shop = rig.connect(agent(1));
    String probe = rig.start(OF_SHOP);

    shop.say(ProbeReport.refused(new Id(probe), "no class com.example.Orders is loaded"));
    rig.pass(Duration.ofSeconds(3));

    assertThat(rig.agent(probe, 0).path("state").asText()).isEqualTo("refused");
    assertThat(rig.agent(probe, 0).path("reason").asText())
        .isEqualTo("no class com.example.Orders is loaded");
  }

  @Test
  void brokenChannel_endsIt_andTheLateReportCounts() throws IOException {
    Wire shop = rig.connect(agent(1));
    String probe = rig.start(OF_SHOP);
    shop.listener.closed();
    rig.pass(Duration.ofSeconds(3));
    assertThat(rig.agent(probe, 0).path("state").asText()).isEqualTo("silent");
    assertThat(rig.show(probe).path("state").asText()).isEqualTo("ended");

    Wire again = rig.connect(agent(1));
    again.say(ended(probe, "the channel to the collector broke", true));
    rig.probes.work();

    assertThat(rig.agent(probe, 0).path("state").asText()).isEqualTo("ended");
    assertThat(rig.agent(probe, 0).path("restored").asBoolean()).isTrue();
    assertThat(asked(again)).isEmpty();
  }

  @Test
  void silentAgent_isGivenUpAfterTheTime() throws IOException {
    Wire shop = rig.connect(agent(1));
    String probe = rig.start(OF_SHOP);
    for (int i = 0; i < 13; i++) {
      rig.pass(Duration.ofSeconds(10));
      shop.say(new whorl.evidence.channel.AgentMessage.Status(Map.of(), null, null));
    }

    assertThat(rig.show(probe).path("state").asText()).isEqualTo("ended");
    assertThat(rig.agent(probe, 0).path("reason").asText())
        .isEqualTo("no report of its end came; it ends the probe by itself");
  }

  @Test
  void reportOfAnAgentThatWasNotAsked_isCountedAndDropped() throws IOException {
    rig.connect(agent(1));
    Wire cart = rig.connect(agent(2, "cart", "prod"));
    String probe = rig.start(OF_SHOP);

    cart.say(running(probe, 2));
    rig.probes.work();

    assertThat(rig.calls(probe)).isEmpty();
    assertThat(rig.counters.unasked()).isEqualTo(1);
  }

  @Test
  void floodOfReports_neitherFillsTheMemory_norHidesThoseOfOthers() throws IOException {
    Wire shop = rig.connect(agent(1));
    Wire cart = rig.connect(agent(2, "cart", "prod"));
    String probe = rig.start(OF_SHOP);

    for (int i = 0; i < 20_000; i++) {
      cart.say(running(probe, 2));
    }
    shop.say(running(probe, 2));
    shop.say(ended(probe, "its time is over", true));
    rig.pass(Duration.ofSeconds(5));

    assertThat(rig.show(probe).path("state").asText()).isEqualTo("ended");
    assertThat(rig.calls(probe)).hasSize(2);
    assertThat(rig.counters.unasked()).isLessThan(1_000);
  }

  @Test
  void fiveAgents_areTooMany_andNone_isNotFound() throws IOException {
    for (int i = 1; i <= 5; i++) {
      rig.connect(agent(i));
    }

    assertThatThrownBy(() -> rig.start(OF_SHOP))
        .hasMessageContaining("matches 5 agents; a probe is for at most 4");
    assertThatThrownBy(() -> rig.start(body("{\"service\":\"none\"}")))
        .extracting(e -> ((ProblemException) e).status())
        .isEqualTo(404);
    assertThat(rig.inCustody()).isEmpty();
  }

  @Test
  void thirdProbeOfAPerson_isRefused_andTheFifthOfAll() throws IOException {
    rig.connect(agent(1));
    rig.start(OF_SHOP);
    rig.start(OF_SHOP);
    assertThatThrownBy(() -> rig.start(OF_SHOP)).hasMessageContaining("you have 2 probes running");

    Principal other = new Principal(Role.ADMIN, "other");
    for (int i = 0; i < 2; i++) {
      FakeRequest.post(ALL, OF_SHOP).by(other).json(rig.routes);
    }

    assertThatThrownBy(
            () ->
                FakeRequest.post(ALL, OF_SHOP)
                    .by(new Principal(Role.ADMIN, "third"))
                    .json(rig.routes))
        .hasMessageContaining("4 probes are running");
    assertThat(rig.counters.refusedStarts()).isEqualTo(2);
  }

  @Test
  void scope_keepsOthersAgentsFromAProbe_andProbesFromOthers() throws IOException {
    Wire shop = rig.connect(agent(1));
    Wire cart = rig.connect(agent(2, "cart", "prod"));
    String ofShop = rig.start(OF_SHOP);

    assertThatThrownBy(() -> FakeRequest.post(ALL, OF_SHOP).by(OF_CART).json(rig.routes))
        .as("it matches no agent of this person")
        .extracting(e -> ((ProblemException) e).status())
        .isEqualTo(404);
    JsonNode own =
        FakeRequest.post(ALL, body("{\"namespace\":\"prod\"}")).by(OF_CART).json(rig.routes);

    assertThat(asked(shop)).hasSize(1);
    assertThat(asked(cart)).hasSize(1);
    assertThat(own.path("agents")).hasSize(1);
    for (String path : List.of(ONE, ONE + "/calls")) {
      assertThatThrownBy(() -> FakeRequest.get(path).at("id", ofShop).by(OF_CART).json(rig.routes))
          .hasMessage("GET /api/v1/probes lists all");
    }
    assertThat(
            FakeRequest.get(ALL).by(OF_CART).json(rig.routes).path("probes").findValuesAsText("id"))
        .containsExactly(own.path("id").asText());
    assertThat(FakeRequest.get(ALL).json(rig.routes).path("probes")).hasSize(2);
  }

  /** A token for a part of what its maker may see gives nothing of the rest. */
  @Test
  void tokenForAPart_neitherSeesNorEndsProbesOfItsMakerAboutOthers() throws IOException {
    rig.connect(agent(1));
    rig.connect(agent(2, "cart", "prod"));
    String ofShop = rig.start(OF_SHOP);
    Principal token =
        new Principal(
            Role.ADMIN,
            Principal.nameWithToken(ADMIN.name(), "token-0001"),
            null,
            OF_CART.access());

    JsonNode own =
        FakeRequest.post(ALL, body("{\"namespace\":\"prod\"}")).by(token).json(rig.routes);

    assertThat(
            FakeRequest.get(ALL).by(token).json(rig.routes).path("probes").findValuesAsText("id"))
        .containsExactly(own.path("id").asText());
    for (FakeRequest each :
        List.of(FakeRequest.get(ONE), FakeRequest.get(ONE + "/calls"), FakeRequest.delete(ONE))) {
      assertThatThrownBy(() -> each.at("id", ofShop).by(token).json(rig.routes))
          .hasMessage("GET /api/v1/probes lists all");
    }
    assertThat(rig.show(ofShop).path("state").asText()).isEqualTo("running");
    assertThat(FakeRequest.get(ALL).by(ADMIN).json(rig.routes).path("probes")).hasSize(2);
  }

  @Test
  void body_isChecked() {
    rig.connect(agent(1));
    Map<String, String> wrong =
        Map.of(
            "{}", "class",
            "{\"class\":\"a.B\",\"method\":\"c\"}", "target",
            "{\"class\":\"a.B\",\"method\":\"c\",\"target\":{\"service\":\"shop\"}}", "reason",
            "{\"class\":\"a.*\",\"method\":\"c\"}", "class",
            "{\"class\":\"a.B\",\"method\":\"<init>\"}", "constructors",
            "{\"class\":\"a.B\",\"method\":\"c\",\"seconds\":601}", "600",
            "{\"class\":\"a.B\",\"method\":\"c\",\"calls\":0}", "1000");

    wrong.forEach(
        (body, why) ->
            assertThatThrownBy(() -> rig.start(body)).as(body).hasMessageContaining(why));
  }
}
