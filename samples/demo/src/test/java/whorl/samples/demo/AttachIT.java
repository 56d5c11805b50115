package whorl.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The agent is loaded into a shop that runs without it, in a distroless container with a read-only
 * root, from another container that shares its process namespace and has no capability either.
 */
final class AttachIT {
  private static final Duration ATTACH_PATIENCE = Duration.ofMinutes(2);

  /** All that attach needs of a read-only container. */
  private static final List<String> TMP =
      List.of("--read-only-tmpfs=false", "--tmpfs=/tmp:rw,mode=1777,size=96m");

  @TempDir Path folder;

  static IntStream versions21And25() {
    return World.nextOf(AttachIT.class, 21, 25);
  }

  @ParameterizedTest
  @MethodSource("versions21And25")
  void attack_afterTheAgentWasLoadedFromAnotherContainer_isTold_andTheRestIsSaidToBeUnknown(
      int version) throws IOException {
    Engine engine = World.engineOrSkip();
    try (World world = World.quick(folder);
        Shop shop = shop(engine, version, TMP)) {
      Child attached = attach(engine, world, shop, "65532:65532", "1");
      assertThat(attached.awaitEnd(ATTACH_PATIENCE)).as(text(attached)).isZero();
      assertThat(text(attached)).contains("1 shop.jar: attached: ", "connected as shop, agent ");
      assertThat(world.awaitAgent().path("capabilities").path("lateStart").asText())
          .startsWith("loaded into the running JVM ");
      Child again = attach(engine, world, shop, "65532:65532", "--all");
      assertThat(again.awaitEnd(ATTACH_PATIENCE)).as(text(again)).isZero();
      assertThat(text(again)).contains("the agent is already in this JVM");

      world.attack(shop);

      JsonNode evidence = world.awaitSealed();
      world.assertTellsTheAttack(evidence);
      assertThat(evidence.path("missing").toString()).contains("what was before 20");
      assertThat(registrations(world, evidence))
          .as("found by the threads of the server, which started before the agent")
          .contains("\"filter\"", "\"spring-mapping\"", "ProductsController");
      JsonNode findings =
          world.collector().get("/api/v1/evidence/" + evidence.path("id").asText() + "/findings");
      assertThat(findings.toString())
          .contains("expression injection", "what was before 20")
          .doesNotContain("agent was loaded into the running JVM (");
      assertThat(shop.output()).noneMatch(line -> line.contains("Full thread dump"));
    }
  }

  @Tag("long") // TargetChecksTest has all reasons
  @ParameterizedTest
  @MethodSource("versions21And25")
  void containerThatCannotBeAttachedTo_isRefusedWithReasonAndRemedy(int version)
      throws IOException {
    Engine engine = World.engineOrSkip();
    try (World world = World.quick(folder);
        Shop shop = shop(engine, version, Shop.STRICTEST)) {
      Child stranger = attach(engine, world, shop, "1000:1000", "1");
      assertThat(stranger.awaitEnd(ATTACH_PATIENCE)).isEqualTo(1);
      assertThat(text(stranger))
          .contains("refused: this process may not look into process 1", "remedy: ", "65532");
      Child readOnly = attach(engine, world, shop, "65532:65532", "1");
      assertThat(readOnly.awaitEnd(ATTACH_PATIENCE)).isEqualTo(1);
      assertThat(text(readOnly)).contains("refused: the JVM's /tmp is not writable", "emptyDir");
      assertThat(shop.answers()).isTrue();
      assertThat(shop.output()).noneMatch(line -> line.contains("Full thread dump"));
    }
  }

  private String registrations(World world, JsonNode evidence) throws IOException {
    Path file =
        world
            .collector()
            .download(
                "/api/v1/evidence/"
                    + evidence.path("id").asText()
                    + "/artifacts/registrations.ndjson",
                folder.resolve("registrations.ndjson"));
    return Files.readString(file);
  }

  /** Without the agent. */
  private static Shop shop(Engine engine, int version, List<String> options) {
    return Shop.container(engine, "localhost/whorl-shop:java" + version, options, Map.of());
  }

  private Child attach(Engine engine, World world, Shop shop, String user, String pid)
      throws IOException {
    Path token = folder.resolve("agent-token");
    if (!Files.exists(token)) {
      Files.writeString(token, world.collector().token("agent"));
    }
    List<String> run = new ArrayList<>();
    run.addAll(
        List.of(
            "run",
            "--rm",
            "--pid=container:" + shop.containerId(),
            "--network=host",
            "--read-only",
            "--cap-drop=ALL",
            "--security-opt=no-new-privileges",
            "--user=" + user,
            "--volume=" + token + ":/token:ro",
            "localhost/whorl-agent-installer:latest",
            "/whorl-agent.jar",
            "attach",
            pid,
            "--collector",
            world.collector().url().toString(),
            "--token-file",
            "/token",
            "--set",
            "service.name=shop",
            "--set",
            "capture.after=3s"));
    return Child.run("attach", ATTACH_PATIENCE, engine.builder(run));
  }

  private static String text(Child child) {
    return String.join("\n", child.lines());
  }
}
