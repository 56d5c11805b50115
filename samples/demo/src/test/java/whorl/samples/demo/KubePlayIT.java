package whorl.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The shop's own manifest, as a cluster would run it, by {@code podman kube play}. */
final class KubePlayIT {
  @TempDir Path folder;

  static IntStream versions21And25() {
    return World.nextOf(KubePlayIT.class, 21, 25);
  }

  @ParameterizedTest
  @MethodSource("versions21And25")
  void attack_onTheShopsOwnManifest_isToldAndFoundByPod(int version) throws IOException {
    Engine engine = World.engineOrSkip();
    if (!engine.podman()) {
      System.out.println("SKIPPED: kube play needs podman");
    }
    assumeTrue(engine.podman(), "kube play needs podman");
    try (World world = World.withTls(folder)) {
      int port = Shop.freePort();
      Path manifest = manifest(world, version, port);
      try (PlayedPod ignored = PlayedPod.play(engine, manifest, List.of("shm", "whorl-agent"))) {
        JsonNode agent = world.awaitAgent();
        assertThat(agent.path("pod").asText()).isEqualTo("shop-pod");
        assertThat(agent.path("namespace").asText()).isEqualTo("shop");
        URI shop = URI.create("http://127.0.0.1:" + port);
        Waiting.until("answer of the shop", World.PATIENCE, () -> Shop.answers(shop) ? shop : null);

        AttackRun attack = AttackRun.on(shop, world.jars.attack());
        assertThat(attack.status()).as(String.join("\n", attack.lines())).isZero();

        world.assertTellsTheAttack(world.awaitSealed());
        Collector.Answer answer =
            world
                .collector()
                .post(
                    "/api/v1/captures",
                    "responder",
                    "{\"target\":{\"pod\":\"shop-pod\"},\"artifacts\":[\"threads\"]}");
        assertThat(answer.status()).as(answer.toString()).isEqualTo(202);
      }
    }
  }

  /** The repository's manifest, on the host's network and a free port, with its secrets. */
  private Path manifest(World world, int version, int port) throws IOException {
    String secrets =
        """
        apiVersion: v1
        kind: Secret
        metadata:
          name: whorl-agent
        stringData:
          token: %s
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: whorl-agent
        data:
          collector-url: %s
          ca.pem: |
        %s
        ---
        """
            .formatted(
                world.collector().token("agent"),
                world.collector().url(),
                Files.readString(folder.resolve("tls/ca.pem")).strip().indent(4).stripTrailing());
    String shop = Files.readString(world.jars.root().resolve("samples/kubernetes/shop.yaml"));
    shop = replaced(shop, "\n    spec:\n", "\n    spec:\n      hostNetwork: true\n");
    shop = replaced(shop, "[/shop/shop.jar]", "[/shop/shop.jar, --server.port=" + port + "]");
    shop = replaced(shop, "with-agent:java21", "with-agent:java" + version);
    return Files.writeString(folder.resolve("shop.yaml"), secrets + shop);
  }

  private static String replaced(String text, String what, String by) {
    assertThat(text).contains(what);
    return text.replace(what, by);
  }
}
