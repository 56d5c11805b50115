package whorl.collector.fleet.captures;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;
import java.util.Map;
import whorl.collector.fleet.agents.Target;
import whorl.collector.http.request.JsonBody;
import whorl.collector.http.request.ProblemException;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Id;
import whorl.evidence.channel.ArtifactKind;

/** Every capture request either has a valid target or gets 400. */
class CaptureRequestFuzzTest {
  private static final AgentIdentity AGENT =
      new AgentIdentity(
          new Id("agent-0001"),
          "shop",
          "prod",
          Map.of("team", "checkout"),
          "shop-1",
          "uid",
          null,
          "node",
          1,
          "OpenJDK 21",
          "0.1.0");

  @FuzzTest
  void anyBody_isAnOrderOrRefused(byte[] input) {
    CaptureRoutes.Body body;
    try {
      body = JsonBody.strict(input, CaptureRoutes.Body.class);
    } catch (ProblemException refused) {
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.getMessage()).isNotBlank();
      return;
    }
    Target target = body.target();
    if (target != null) {
      assertThat(target.described().isEmpty()).isEqualTo(target.isEmpty());
      assertThat(target.matches(AGENT) && target.container() != null).isFalse();
    }
    List<String> artifacts = body.artifacts() == null ? List.of() : body.artifacts();
    String reason = body.reason() == null ? "" : body.reason();
    try {
      CaptureOrder order = new CaptureOrder(artifacts, reason, null, body.force());
      assertThat(ArtifactKind.ALL).containsAll(order.artifacts());
    } catch (IllegalArgumentException refused) {
      assertThat(refused.getMessage()).isNotBlank();
    }
  }
}
