package whorl.collector.fleet.captures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static whorl.collector.fleet.channel.FleetRig.agent;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.fleet.channel.FleetRig;
import whorl.collector.fleet.channel.FleetRig.Wire;
import whorl.collector.fleet.channel.ManualTime;
import whorl.collector.http.request.FakeRequest;
import whorl.collector.http.request.ProblemException;
import whorl.evidence.Id;
import whorl.evidence.channel.AgentMessage.CaptureProgress;
import whorl.evidence.channel.CaptureState;

/** Agents that are connected, and captures that are requested of them. */
abstract class CapturesFixture {
  static final Id EVIDENCE = new Id("evidence-0001");

  @TempDir Path folder;

  final ManualTime time = new ManualTime();

  FleetRig rig;

  @BeforeEach
  void open() throws IOException {
    rig = new FleetRig(folder, time);
  }

  @AfterEach
  void close() throws IOException {
    rig.close();
  }

  static CaptureProgress running(Id capture) {
    return new CaptureProgress(capture, null, CaptureState.RUNNING, 0, 0, null);
  }

  Id begin(Wire wire) throws IOException {
    JsonNode answer = post("{\"target\":{\"agent\":\"" + wire.id() + "\"},\"reason\":\"why\"}");
    return new Id(answer.get("captures").get(0).get("id").asText());
  }

  SealedCapture seal(Id capture, Id agent, CaptureState state) {
    return new SealedCapture(
        capture, agent, "shop", EVIDENCE, state, "why", null, time.instant(), null);
  }

  JsonNode post(String body) throws IOException {
    return FakeRequest.post("/api/v1/captures", body).json(rig.captureRoutes);
  }

  JsonNode withKey(String key, String body) throws IOException {
    return FakeRequest.post("/api/v1/captures", body)
        .with("Idempotency-Key", key)
        .json(rig.captureRoutes);
  }

  JsonNode get(Id id) throws IOException {
    return FakeRequest.get("/api/v1/captures/{id}").at("id", id).json(rig.captureRoutes);
  }

  String state(Id id) throws IOException {
    return get(id).get("state").asText();
  }

  void assertProblem(String body, int status, String named) {
    assertThatThrownBy(() -> post(body))
        .isInstanceOfSatisfying(
            ProblemException.class, problem -> assertThat(problem.status()).isEqualTo(status))
        .hasMessageContaining(named);
  }
}
