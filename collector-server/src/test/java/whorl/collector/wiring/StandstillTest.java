package whorl.collector.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.fleet.channel.FleetRig;
import whorl.collector.fleet.channel.FleetRig.Wire;
import whorl.collector.fleet.channel.ManualTime;
import whorl.collector.http.request.FakeRequest;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.TestCollector;
import whorl.evidence.channel.AgentMessage.CaptureProgress;
import whorl.evidence.channel.CaptureState;

/**
 * While its heap is dumped, an agent's JVM stands still: it sends no heartbeats and no answers.
 * Only the bytes that another process sends for it show that it is still alive.
 */
class StandstillTest {
  private final ManualTime time = new ManualTime();
  private final FakeAgent agent = new FakeAgent();
  private FleetRig fleet;
  private TestCollector collector;
  private Wire wire;
  private String upload;
  private long sent;

  @BeforeEach
  void open(@TempDir Path root) throws IOException {
    fleet = new FleetRig(Files.createDirectory(root.resolve("fleet")), time);
    TestCollector.World world = new TestCollector.World();
    world.listener = new SealedCaptures(fleet.captures);
    collector = TestCollector.open(root.resolve("data"), world);
    wire = fleet.connect(agent.identity());
    wire.say(new CaptureProgress(agent.capture, agent.evidence, CaptureState.RUNNING, 0, 0, null));
    upload = agent.createStreamed(collector.agentClient, "heap.hprof.gz").header("Location");
  }

  @AfterEach
  void close() throws IOException {
    collector.close();
    fleet.close();
  }

  @Test
  void pausedAgent_isConnectedWhileBytesArrive_andLostWhenTheyStop() throws IOException {
    for (int second = 0; second < 90; second += 5) {
      pass(5);
      arrive(64 << 10);
      assertThat(connected()).as("after %d s", second).isTrue();
      assertThat(wire.listener.lives()).isTrue();
      assertThat(capture().get("state").asText()).isEqualTo("running");
      assertThat(capture().at("/progress/bytes").asLong()).isEqualTo(sent);
      assertThat(capture().at("/progress/of").asLong()).isZero();
    }
    assertThat(wire.peer.closeCode()).isZero();

    pass(31);
    assertThat(connected()).isFalse();
    assertThat(wire.listener.lives()).isFalse();
    assertThat(wire.peer.closeCode()).isEqualTo(4002);
    pass(61);
    assertThat(capture().get("state").asText()).isEqualTo("partial");
  }

  @Test
  void pausedAgentBeforeTheFirstByte_isConnectedForTwentySeconds() throws IOException {
    pass(20);
    assertThat(connected()).isTrue();
    assertThat(capture().get("state").asText()).isEqualTo("running");
  }

  private void pass(int seconds) throws IOException {
    time.pass(Duration.ofSeconds(seconds));
    fleet.tick();
  }

  private void arrive(int bytes) {
    assertThat(FakeAgent.patch(collector.agentClient, upload, sent, new byte[bytes]).status())
        .isEqualTo(204);
    sent += bytes;
  }

  private boolean connected() throws IOException {
    return FakeRequest.get("/api/v1/agents")
        .json(fleet.agentRoutes)
        .at("/agents/0/connected")
        .asBoolean();
  }

  private JsonNode capture() throws IOException {
    return FakeRequest.get("/api/v1/captures/{id}")
        .at("id", agent.capture)
        .json(fleet.captureRoutes);
  }
}
