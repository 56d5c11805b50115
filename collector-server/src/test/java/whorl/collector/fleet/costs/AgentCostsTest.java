package whorl.collector.fleet.costs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static whorl.collector.fleet.channel.FleetRig.agent;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import whorl.collector.fleet.channel.FleetRig;
import whorl.collector.fleet.channel.FleetRig.Wire;
import whorl.collector.fleet.channel.ManualTime;
import whorl.collector.http.request.FakeRequest;
import whorl.evidence.channel.AgentCosts;
import whorl.evidence.channel.AgentMessage;

/** The costs that agents report: shown, divided by time, summed, and checked against bounds. */
class AgentCostsTest {
  private static final double EXACT = 1e-9;

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
  void list_showsCosts_withTheShareSinceTheLastHeartbeat() throws IOException {
    Wire wire = rig.connect(agent(1));
    report(wire, costs(100, 2.0, 1.0, 0.5));
    assertThat(listed().get("cpuShare").isNull()).isTrue();
    report(wire, costs(110, 2.3, 1.1, 0.6));

    JsonNode costs = listed();
    assertThat(costs.get("seconds").doubleValue()).isEqualTo(110);
    assertThat(costs.get("cpuSeconds").doubleValue()).isEqualTo(2.3);
    assertThat(costs.get("jfrCpuSeconds").doubleValue()).isEqualTo(1.1);
    assertThat(costs.get("cpuShare").doubleValue()).isCloseTo(0.04, within(EXACT));
    assertThat(costs.get("hookShare").doubleValue()).isCloseTo(0.01, within(EXACT));
    assertThat(costs.get("hookVisits").longValue()).isEqualTo(1_270);
    assertThat(costs.get("eventsTold").longValue()).isEqualTo(20);
    assertThat(costs.get("eventsCounted").longValue()).isEqualTo(30);
    assertThat(costs.get("heldBytes").longValue()).isEqualTo(7_000);
    assertThat(costs.get("held").get("events").longValue()).isEqualTo(5_000);
  }

  @Test
  void processorTimeThatTheAgentCannotRead_isNull() throws IOException {
    Wire wire = rig.connect(agent(1));
    report(wire, new AgentCosts(1, null, null, 0.1, 127L, 1L, 1L, Map.of()));
    report(wire, new AgentCosts(2, null, null, 0.2, 127L, 1L, 1L, Map.of()));

    JsonNode costs = listed();
    assertThat(costs.get("cpuSeconds").isNull()).isTrue();
    assertThat(costs.get("cpuShare").isNull()).isTrue();
    assertThat(costs.get("heldBytes").isNull()).isTrue();
    assertThat(costs.get("hookShare").doubleValue()).isCloseTo(0.1, within(EXACT));
    assertThat(rig.fleet.serviceCosts().cpuSeconds()).containsEntry("shop", 0.0);
  }

  @Test
  void disconnectedAgent_keepsItsCosts_andARestartCountsNothingTwice() throws IOException {
    Wire wire = rig.connect(agent(1));
    report(wire, costs(100, 2.0, 1.0, 0.5));
    assertThat(rig.fleet.heldBytes()).isEqualTo(Map.of("shop", 7_000.0));
    wire.listener.closed();
    assertThat(rig.fleet.heldBytes()).isEmpty();
    assertThat(listed().get("cpuSeconds").doubleValue()).isEqualTo(2.0);
    rig.close();
    open();

    assertThat(listed().get("cpuSeconds").doubleValue()).isEqualTo(2.0);
    report(rig.connect(agent(1)), costs(160, 2.5, 1.0, 0.5));

    assertThat(rig.fleet.serviceCosts().cpuSeconds()).isEqualTo(Map.of("shop", 0.5));
    assertThat(rig.fleet.serviceCosts().jfrCpuSeconds()).isEqualTo(Map.of("shop", 0.0));
  }

  @Test
  void services_areSummed_whileAgentsComeAndGo() throws IOException {
    Wire first = rig.connect(agent(1));
    report(first, costs(10, 2.0, 1.0, 0.5));
    first.listener.closed();
    report(rig.connect(agent(2)), costs(10, 3.0, 1.0, 0.5));
    report(rig.connect(agent(3, "cart", null)), costs(10, 4.0, 1.0, 0.5));

    assertThat(rig.fleet.serviceCosts().cpuSeconds()).isEqualTo(Map.of("shop", 5.0, "cart", 4.0));
    assertThat(rig.fleet.serviceCosts().hookSeconds()).isEqualTo(Map.of("shop", 1.0, "cart", 0.5));
    assertThat(rig.fleet.serviceCosts().hookVisits())
        .isEqualTo(Map.of("shop", 2_540.0, "cart", 1_270.0));
    assertThat(rig.fleet.serviceCosts().eventsTold()).containsEntry("shop", 40.0);
    assertThat(rig.fleet.serviceCosts().eventsCounted()).containsEntry("shop", 60.0);
    assertThat(rig.fleet.heldBytes()).isEqualTo(Map.of("shop", 7_000.0, "cart", 7_000.0));
  }

  @Test
  void services_tooMany_shareTheEmptyName() {
    for (int i = 0; i < ServiceCosts.MAX_SERVICES + 50; i++) {
      report(rig.connect(agent(i, "service-" + i, null)), costs(10, 1.0, 1.0, 0.5));
    }

    Map<String, Double> services = rig.fleet.serviceCosts().cpuSeconds();
    assertThat(services).hasSize(ServiceCosts.MAX_SERVICES + 1).containsEntry("", 50.0);
    assertThat(rig.fleet.heldBytes()).hasSize(ServiceCosts.MAX_SERVICES + 1);
  }

  @Test
  void decreasingNumbers_haveNoShare_andDoNotReduceTheSums() throws IOException {
    Wire wire = rig.connect(agent(1));
    report(wire, costs(100, 2.0, 1.0, 0.5));
    report(wire, costs(110, 1.0, 0.5, 0.1));

    assertThat(listed().get("cpuShare").isNull()).isTrue();
    assertThat(listed().get("hookShare").isNull()).isTrue();
    assertThat(rig.fleet.serviceCosts().cpuSeconds()).containsEntry("shop", 2.0);

    report(wire, costs(110, 1.5, 0.5, 0.1));

    assertThat(listed().get("cpuShare").isNull()).as("no time has passed").isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "-0.001", "1e300", "1e999", "\"NaN\"", "\"Infinity\"", "-1e999"})
  void implausibleSeconds_areDropped_andTheConnectionStays(String number) throws IOException {
    Wire wire = rig.connect(agent(1));
    wire.listener.text(
        "{\"type\":\"status\",\"losses\":{},\"costs\":{\"seconds\":5,\"cpuSeconds\":"
            + number
            + ",\"jfrCpuSeconds\":1,\"hookSeconds\":"
            + number
            + "}}");

    assertThat(wire.peer.closeCode()).isZero();
    assertThat(listed().get("cpuSeconds").isNull()).isTrue();
    assertThat(listed().get("hookSeconds").isNull()).isTrue();
    assertThat(listed().get("jfrCpuSeconds").doubleValue()).isEqualTo(1);
    assertThat(rig.counters.droppedCosts()).isEqualTo(2);
    assertThat(rig.fleet.serviceCosts().cpuSeconds()).containsEntry("shop", 0.0);
  }

  @Test
  void implausibleTime_dropsAllCosts() throws IOException {
    Wire wire = rig.connect(agent(1));
    wire.listener.text(
        "{\"type\":\"status\",\"losses\":{},\"costs\":{\"seconds\":-5,\"cpuSeconds\":1}}");

    assertThat(wire.peer.closeCode()).isZero();
    assertThat(listed().isNull()).isTrue();
    assertThat(rig.counters.droppedCosts()).isEqualTo(1);
  }

  @Test
  void implausibleCountsAndBytes_areDropped() throws IOException {
    Wire wire = rig.connect(agent(1));
    wire.listener.text(
        "{\"type\":\"status\",\"losses\":{},\"costs\":{\"seconds\":5,\"hookVisits\":-1,"
            + "\"eventsTold\":9223372036854775807,\"eventsCounted\":7,\"heldBytes\":{\"events\":-1,"
            + "\"stacks\":9223372036854775807,\"console\":null,\"journal\":12,"
            + "\"<b>\":1,\"\":1}}}");

    assertThat(wire.peer.closeCode()).isZero();
    JsonNode costs = listed();
    assertThat(costs.get("hookVisits").isNull()).isTrue();
    assertThat(costs.get("eventsTold").isNull()).isTrue();
    assertThat(costs.get("eventsCounted").longValue()).isEqualTo(7);
    assertThat(costs.get("heldBytes").longValue()).isEqualTo(12);
    assertThat(costs.get("held").fieldNames()).toIterable().containsExactly("journal");
    assertThat(rig.counters.droppedCosts()).isEqualTo(6);
  }

  @Test
  void holdersTooMany_areDropped() throws IOException {
    StringBuilder held = new StringBuilder();
    for (int i = 0; i < 5_000; i++) {
      held.append(i == 0 ? "" : ",").append("\"part").append(i).append("\":1");
    }
    Wire wire = rig.connect(agent(1));
    wire.listener.text(
        "{\"type\":\"status\",\"losses\":{},\"costs\":{\"seconds\":5,\"heldBytes\":{"
            + held
            + "}}}");

    assertThat(listed().get("held")).hasSize(CostCheck.MAX_HOLDERS);
  }

  @Test
  void implausibleShare_isNotShown() throws IOException {
    Wire wire = rig.connect(agent(1));
    report(wire, costs(100, 2.0, 1.0, 0.5));
    report(wire, costs(100.0001, 1e12, 1.0, 1e12));

    assertThat(listed().get("cpuShare").isNull()).isTrue();
    assertThat(listed().get("hookShare").isNull()).isTrue();
  }

  private static AgentCosts costs(double seconds, double cpu, double jfr, double hooks) {
    return new AgentCosts(
        seconds, cpu, jfr, hooks, 1_270L, 20L, 30L, Map.of("events", 5_000L, "console", 2_000L));
  }

  private static void report(Wire wire, AgentCosts costs) {
    wire.say(new AgentMessage.Status(Map.of(), null, costs));
  }

  private JsonNode listed() throws IOException {
    return FakeRequest.get("/api/v1/agents")
        .json(rig.agentRoutes)
        .get("agents")
        .get(0)
        .get("costs");
  }
}
