package whorl.collector.fleet.agents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static whorl.collector.fleet.channel.FleetRig.agent;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.channel.AgentMessage;

class AgentRoutesTest {
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

  @Test
  void list_followsItsCursor_overConnectedAndDisconnectedAgents() throws IOException {
    for (int i = 0; i < 25; i++) {
      Wire wire = rig.connect(agent(i));
      if (i % 2 == 0) {
        wire.listener.closed();
      }
    }
    assertThat(allIds(null)).hasSize(25).doesNotHaveDuplicates();
    assertThat(allIds("true")).hasSize(12);
    assertThat(allIds("false")).hasSize(13);
  }

  @Test
  void services_countConnectedAndLossyAgents() throws IOException {
    rig.connect(agent(1, "shop", "prod"));
    rig.connect(agent(2, "shop", "prod")).listener.closed();
    rig.connect(agent(3, "shop", "prod"))
        .say(new AgentMessage.Status(Map.of("ring.overwritten", 2L), null, null));
    rig.connect(agent(4, "shop", "test"));
    rig.connect(agent(5, "cart", null));

    JsonNode services =
        FakeRequest.get("/api/v1/agents/services").json(rig.agentRoutes).path("services");

    assertThat(services)
        .extracting(
            each -> each.path("service").textValue(),
            each -> each.path("namespace").textValue(),
            each -> each.path("agents").intValue(),
            each -> each.path("connected").intValue(),
            each -> each.path("lossy").intValue())
        .containsExactly(
            tuple("shop", "prod", 3, 2, 1),
            tuple("cart", null, 1, 1, 0),
            tuple("shop", "test", 1, 1, 0));
  }

  @Test
  void matching_countsTheConnectedAgents_thatACaptureWouldAsk() throws IOException {
    rig.connect(agent(1, "shop", "prod"));
    rig.connect(agent(2, "shop", "test"));
    rig.connect(agent(3, "shop", "test")).listener.closed();
    rig.connect(agent(4, "cart", "prod"));

    JsonNode shop =
        FakeRequest.get("/api/v1/agents/matching").query("service", "shop").json(rig.agentRoutes);

    assertThat(shop.path("agents").intValue()).isEqualTo(2);
    assertThat(shop.path("some"))
        .extracting(each -> each.path("id").textValue())
        .containsExactly("agent-00000001", "agent-00000002");
    assertThat(
            FakeRequest.get("/api/v1/agents/matching")
                .query("labels", "team=nobody")
                .json(rig.agentRoutes)
                .path("agents")
                .intValue())
        .isZero();
    assertThatThrownBy(() -> FakeRequest.get("/api/v1/agents/matching").json(rig.agentRoutes))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("the target is empty");
  }

  @Test
  void list_appliesItsFilters() throws IOException {
    rig.connect(agent(1, "shop", "prod"));
    rig.connect(agent(2, "shop", "test"));
    rig.connect(agent(3, "cart", "prod"));

    assertThat(ids("service", "shop")).containsExactly("agent-00000001", "agent-00000002");
    assertThat(ids("namespace", "prod")).containsExactly("agent-00000001", "agent-00000003");
    assertThat(ids("pod", agent(3, "cart", "prod").podUid())).containsExactly("agent-00000003");
    assertThat(ids("pod", "cart-00000003")).containsExactly("agent-00000003");
    assertThat(ids("service", "' OR 1=1 --")).isEmpty();
  }

  @Test
  void list_badParameters_areNamed() {
    assertProblem(FakeRequest.get("/api/v1/agents").query("limit", "0"), 400, "limit");
    assertProblem(FakeRequest.get("/api/v1/agents").query("limit", "many"), 400, "limit");
    assertProblem(FakeRequest.get("/api/v1/agents").query("cursor", "%%%"), 400, "cursor");
    assertProblem(FakeRequest.get("/api/v1/agents").query("connected", "maybe"), 400, "connected");
    assertProblem(
        FakeRequest.get("/api/v1/agents/{id}/journal").at("id", "../../x"), 404, "no agent");
    assertProblem(
        FakeRequest.get("/api/v1/agents/{id}/journal").at("id", "agent-99999999"), 404, "no agent");
  }

  @Test
  void journal_tail_returnsTheLastEvents() throws IOException {
    rig.connect(agent(1));
    List<EventLine> events = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      events.add(new EventLine(i, time.instant(), "x.Y", Map.of(), null, List.of()));
    }
    rig.journals.add(new Id("agent-00000001"), "192.0.2.7", events);

    JsonNode page =
        FakeRequest.get("/api/v1/agents/{id}/journal")
            .at("id", "agent-00000001")
            .query("tail", 3)
            .json(rig.agentRoutes);

    assertThat(page.get("events").findValuesAsText("sequence")).containsExactly("27", "28", "29");
    assertThat(page.has("next")).isFalse();
    FakeRequest both =
        FakeRequest.get("/api/v1/agents/{id}/journal").at("id", "agent-00000001").query("since", 1);
    assertProblem(both.query("tail", 0), 400, "since excludes tail");
    assertProblem(
        FakeRequest.get("/api/v1/agents/{id}/journal").at("id", "agent-00000001").query("tail", 0),
        400,
        "tail");
  }

  @Test
  void agents_longUnseen_areDeleted() throws IOException {
    rig.connect(agent(1)).listener.closed();
    time.pass(Duration.ofDays(31));
    rig.connect(agent(2));
    rig.fleet.save();
    rig.fleet.forget();

    assertThat(allIds(null)).containsExactly("agent-00000002");
    assertThat(rig.counters.forgottenAgents()).isEqualTo(1);
  }

  private List<String> allIds(String connected) throws IOException {
    List<String> ids = new ArrayList<>();
    String cursor = null;
    do {
      FakeRequest request = FakeRequest.get("/api/v1/agents").query("limit", 10);
      if (cursor != null) {
        request.query("cursor", cursor);
      }
      if (connected != null) {
        request.query("connected", connected);
      }
      JsonNode page = request.json(rig.agentRoutes);
      page.get("agents").forEach(agent -> ids.add(agent.get("id").asText()));
      cursor = page.has("next") ? page.get("next").asText() : null;
    } while (cursor != null);
    return ids;
  }

  private List<String> ids(String filter, String value) throws IOException {
    List<String> ids = new ArrayList<>();
    FakeRequest.get("/api/v1/agents")
        .query(filter, value)
        .json(rig.agentRoutes)
        .get("agents")
        .forEach(agent -> ids.add(agent.get("id").asText()));
    return ids;
  }

  private void assertProblem(FakeRequest request, int status, String named) {
    assertThatThrownBy(() -> request.to(rig.agentRoutes))
        .isInstanceOfSatisfying(
            ProblemException.class, problem -> assertThat(problem.status()).isEqualTo(status))
        .hasMessageContaining(named);
  }
}
