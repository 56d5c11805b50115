package whorl.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The collector away, killed and back; the app killed. */
final class OutageIT {
  private static final Set<String> UNDER_WAY = Set.of("running", "shipping");

  @TempDir Path folder;

  @Test
  void collector_absentAtTheAgentsStart_getsTheEvidenceLater() {
    try (World world = World.quick(folder)) {
      world.collector().stop();
      try (Shop shop = world.plainShop(Java.own())) {
        world.attack(shop, "--steps", "environment");

        world.restartCollector();

        JsonNode evidence = world.awaitSealed();
        world.assertVerified(evidence);
        assertThat(evidence.path("alert").path("source").asText()).isEqualTo("whorl");
        assertThat(shop.answers()).isTrue();
      }
    }
  }

  @Test
  void collector_killedDuringAnUpload_getsTheEvidenceOnceAndWhole() {
    try (World world = World.quick(folder);
        Shop shop = world.plainShop(Java.own())) {
      world.awaitAgent();
      // Artifacts are uploaded as they come, from the alert on; the last of them may take no time.
      world.attack(shop, "--steps", "environment,flood", "--flood-seconds", "3");
      JsonNode capture =
          world.await(
              "capture under way",
              "/api/v1/captures",
              "captures",
              one -> UNDER_WAY.contains(one.path("state").asText()));
      world.collector().kill();

      world.restartCollector();

      JsonNode evidence =
          world.await(
              "sealed evidence of the capture",
              "/api/v1/evidence",
              "evidence",
              one ->
                  one.path("capture").asText().equals(capture.path("id").asText())
                      && one.path("state").asText().equals("sealed"));
      assertThat(world.evidence())
          .filteredOn(one -> one.path("capture").asText().equals(capture.path("id").asText()))
          .hasSize(1);
      world.assertVerified(evidence);
    }
  }

  @Test
  void app_killedRightAfterTheAlert_leavesAlertAndJournalAtTheCollector() {
    try (World world = World.quick(folder);
        Shop shop = world.plainShop(Java.own())) {
      String agent = world.awaitAgent().path("id").asText();
      world.attack(shop, "--steps", "environment");
      world.await(
          "alert of the file",
          "/api/v1/alerts",
          "alerts",
          alert -> alert.path("fields").path("path").asText().equals("/proc/self/environ"));
      shop.kill();

      JsonNode journal =
          Waiting.until(
              "journal of the killed app",
              World.PATIENCE,
              () -> {
                JsonNode answer =
                    world.collector().get("/api/v1/agents/" + agent + "/journal?limit=10000");
                return answer.toString().contains("/proc/self/environ") ? answer : null;
              });
      assertThat(journal.toString()).contains("whorl.FileOpen");
    }
  }
}
