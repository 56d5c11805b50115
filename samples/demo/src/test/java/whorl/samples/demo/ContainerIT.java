package whorl.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openjdk.jmc.flightrecorder.JfrLoaderToolkit;

/** The shop in a distroless container that lets it do little, and in one that lets it do less. */
final class ContainerIT {
  @TempDir Path folder;

  static IntStream versions21And25() {
    return World.nextOf(ContainerIT.class, 21, 25);
  }

  /** User 65532, read-only root, no capabilities, 512 MiB, 64 MiB of /dev/shm, no /tmp. */
  @ParameterizedTest
  @MethodSource("versions21And25")
  void attack_inDistrolessContainer_isToldByTheSealedRecording(int version) {
    World.engineOrSkip();
    try (World world = World.quick(folder);
        Shop shop = world.shopInContainer(version, Shop.CAREFUL)) {
      world.awaitAgent();
      AttackRun attack = world.attack(shop);

      assertThat(attack.lines()).anyMatch(line -> line.contains("dropped /dev/shm/promo.sh"));
      JsonNode evidence = world.awaitSealed();
      world.assertTellsTheAttack(evidence);
      Seen.assertSeen(
          Seen.byMissionControl(world.recordingOf(evidence)),
          "whorl.FileOpen",
          "path",
          "/dev/shm/promo.sh",
          "ProductsController.products");
    }
  }

  @ParameterizedTest
  @MethodSource("versions21And25")
  void falco_namingTheContainerByTwelveDigits_capturesItsJvm(int version) {
    World.engineOrSkip();
    try (World world = World.quick(folder);
        Shop shop = world.shopInContainer(version, Shop.CAREFUL)) {
      world.awaitAgent();
      String payload =
          Payloads.falco("\"container.id\":\"" + shop.containerId().substring(0, 12) + "\"");

      Collector.Answer answer = world.collector().post("/api/v1/alerts/falco", "alert", payload);

      assertThat(answer.status()).as(answer.toString()).isEqualTo(202);
      assertThat(answer.body().path("captures")).hasSize(1);
      assertThat(world.awaitSealed().path("alert").path("source").asText()).isEqualTo("falco");
    }
  }

  @ParameterizedTest
  @MethodSource("versions21And25")
  void attack_whereNothingCanBeWritten_stillBringsARecordingThatOpens(int version)
      throws Exception {
    World.engineOrSkip();
    try (World world = World.quick(folder);
        Shop shop = world.shopInContainer(version, Shop.STRICTEST)) {
      world.awaitAgent();
      AttackRun attack = world.attack(shop);

      assertThat(attack.lines()).anyMatch(line -> line.contains("dropped nothing"));
      JsonNode evidence = world.awaitSealed();
      Path recording = world.recordingOf(evidence);
      assertThat(JfrLoaderToolkit.loadEvents(recording.toFile()).hasItems()).isTrue();
      Seen.assertAttack(Seen.byMissionControl(recording));
      Seen.assertAttack(Seen.byTheJdk(recording));
      world.assertVerified(evidence);
      assertThat(shop.answers()).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("versions21And25")
  void flood_whereSixteenMebibytesAreAllThatCanBeWritten_isOutlivedAndCounted(int version) {
    World.engineOrSkip();
    List<String> small =
        List.of("--read-only-tmpfs=false", "--tmpfs=/dev/shm:rw,mode=1777,size=16m");
    try (World world = World.quick(folder);
        Shop shop = world.shopInContainer(version, small)) {
      String agent = world.awaitAgent().path("id").asText();

      world.attack(shop, "--steps", "environment,flood", "--flood-seconds", "15");

      assertThat(shop.answers()).isTrue();
      world.await(
          "losses of the flood",
          "/api/v1/agents",
          "agents",
          one -> one.path("id").asText().equals(agent) && lost(one) > 0);
      world.assertVerified(world.awaitSealed());
      assertThat(shop.alive()).isTrue();
    }
  }

  private static long lost(JsonNode agent) {
    long lost = 0;
    for (JsonNode count : agent.path("losses")) {
      lost += count.asLong();
    }
    return lost;
  }
}
