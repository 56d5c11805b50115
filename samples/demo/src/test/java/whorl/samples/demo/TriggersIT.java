package whorl.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Captures that are requested from outside: with curl, or through a webhook. */
final class TriggersIT {
  private static final String POD = "shop-7c9d5b6f4-x2x7p";
  private static final String POD_UID = "0b1d6f0e-3c7a-4e55-9a0f-6f8f6f1f9b11";

  @TempDir static Path folder;
  private static World world;
  private static Shop shop;

  @BeforeAll
  static void start() {
    world = World.quick(folder);
    shop =
        world.plainShop(
            Java.own(),
            "POD_NAME",
            POD,
            "POD_UID",
            POD_UID,
            "POD_NAMESPACE",
            "shop",
            "WHORL_SERVICE_LABELS",
            "team=checkout",
            "WHORL_CAPTURE_AFTER",
            "200ms");
    world.awaitAgent();
  }

  @AfterAll
  static void stop() {
    shop.close();
    world.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"service\":\"shop\"}",
        "{\"labels\":{\"team\":\"checkout\"}}",
        "{\"pod\":\"" + POD + "\",\"namespace\":\"shop\"}"
      })
  void capture_ofATargetThatMatches_isSealed(String target) {
    Collector.Answer answer =
        world
            .collector()
            .post(
                "/api/v1/captures",
                "responder",
                "{\"target\":" + target + ",\"artifacts\":[\"threads\"],\"reason\":\"a test\"}");

    assertThat(answer.status()).as(answer.toString()).isEqualTo(202);
    JsonNode capture = awaitSealedCapture(answer);
    JsonNode evidence =
        world.collector().get("/api/v1/evidence/" + capture.path("evidence").asText());
    assertThat(evidence.path("reason").asText()).isEqualTo("a test");
    assertThat(evidence.path("artifacts").findValuesAsText("name"))
        .contains("threads.txt", "threads.json")
        .doesNotContain("classes.ndjson", "process.json");
    world.assertVerified(evidence);
  }

  @Test
  void capture_ofATargetThatMatchesNobody_isNotFound() {
    Collector.Answer answer =
        world
            .collector()
            .post("/api/v1/captures", "responder", "{\"target\":{\"service\":\"nobody\"}}");

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.body().path("title").asText()).isNotEmpty();
  }

  @Test
  void falco_namingThePod_capturesItsJvm() {
    String payload = Payloads.falco("\"k8s.ns.name\":\"shop\",\"k8s.pod.name\":\"" + POD + "\"");

    Collector.Answer answer = world.collector().post("/api/v1/alerts/falco", "alert", payload);

    assertThat(answer.status()).as(answer.toString()).isEqualTo(202);
    awaitSealedCapture(answer);
  }

  @Test
  void alertmanager_firing_capturesTheJvm() {
    Collector.Answer answer =
        world
            .collector()
            .post(
                "/api/v1/alerts/alertmanager",
                "alert",
                Payloads.alertmanager("firing", POD, "shop"));

    assertThat(answer.status()).as(answer.toString()).isEqualTo(202);
    assertThat(answer.body().path("captures")).hasSize(1);
  }

  @Test
  void alertmanager_resolved_startsNothing() {
    Collector.Answer answer =
        world
            .collector()
            .post(
                "/api/v1/alerts/alertmanager",
                "alert",
                Payloads.alertmanager("resolved", POD, "shop"));

    assertThat(answer.status()).as(answer.toString()).isEqualTo(202);
    assertThat(answer.body().path("captures")).isEmpty();
  }

  private static JsonNode awaitSealedCapture(Collector.Answer answer) {
    String id = answer.body().path("captures").path(0).path("id").asText();
    return Waiting.until(
        "sealed capture " + id,
        World.PATIENCE,
        () -> {
          JsonNode capture = world.collector().get("/api/v1/captures/" + id);
          String state = capture.path("state").asText();
          if (state.equals("failed") || state.equals("partial")) {
            throw new AssertionError(capture.toString());
          }
          return state.equals("sealed") ? capture : null;
        });
  }
}
