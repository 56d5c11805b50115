package whorl.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A pod that knows nothing of the agent, as {@code whorl webhook} changes it, run by {@code podman
 * kube play}: evidence of the attack comes.
 */
final class InjectedPodIT {
  @TempDir Path folder;

  @Test
  void attack_onAPodWithTheLabel_isRecorded() throws Exception {
    Engine engine = World.engineOrSkip();
    if (!engine.podman()) {
      System.out.println("SKIPPED: kube play needs podman");
    }
    assumeTrue(engine.podman(), "kube play needs podman");
    try (World world = World.withTls(folder)) {
      int port = Shop.freePort();
      InjectedPod pod = injected(world, port);
      assertThat(pod.after().at("/metadata/annotations/whorl.io~1injected").asText())
          .isEqualTo("shop");
      try (PlayedPod ignored = pod.play(engine);
          Shop shop = Shop.played(engine, InjectedPod.NAME + "-shop", port)) {
        JsonNode agent = world.awaitAgent();
        assertThat(agent.path("pod").asText()).isEqualTo("injected");
        assertThat(agent.path("service").asText()).isEqualTo("shop");
        assertThat(agent.path("labels").path("team").asText()).isEqualTo("checkout");

        AttackRun attack = AttackRun.on(shop.url(), world.jars.attack());
        assertThat(attack.status()).as(String.join("\n", attack.lines())).isZero();

        world.assertTellsTheAttack(world.awaitSealed());
      }
    }
  }

  /** A volume of the same name with another user's files, as a pod before it may have left it. */
  @Test
  void volumeOfAnEarlierPod_isTakenAway() throws Exception {
    Engine engine = World.engineOrSkip();
    assumeTrue(engine.podman(), "kube play needs podman");
    engine.run("volume", "create", "--ignore", "whorl-test-left");
    Path manifest = Files.writeString(folder.resolve("pod.yaml"), InjectedPod.shop(1) + "\n");

    new PlayedPod(engine, manifest, List.of("whorl-test-left")).close();

    assertThat(engine.run("volume", "ls", "--quiet")).doesNotContain("whorl-test-left");
  }

  /** What the pod asks for with annotations of its own comes to the agent. */
  private InjectedPod injected(World world, int port) throws Exception {
    JsonNode before = InjectedPod.shop(port);
    ((ObjectNode) before.path("metadata"))
        .putObject("annotations")
        .put("whorl.io/labels", "team=checkout")
        .put("whorl.io/capture-after", "3s");
    String ofTheChart =
        Files.readString(
            world.jars.root().resolve("deploy/src/test/resources/injection/initContainer.json"));
    return InjectedPod.make(
        world.jars, ofTheChart, world.collector(), folder.resolve("tls"), folder, before);
  }
}
