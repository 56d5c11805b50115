package whorl.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whorl's images, as {@code samples/distroless/build-images} lets Maven make them. */
class ImagesIT {
  private static final Path TARGET = Command.ROOT.resolve("deploy/images/target");
  private static final List<String> NAMES =
      List.of("whorl-agent", "whorl-agent-installer", "whorl-collector");

  /** As the restricted Pod Security Standard has it, and with a root that cannot be written. */
  private static final List<String> STRICT =
      List.of(
          "--read-only",
          "--cap-drop=ALL",
          "--security-opt=no-new-privileges",
          "--user=65532",
          "--memory=512m");

  private static List<String> engine = List.of();

  @BeforeAll
  static void build() throws IOException {
    Command.Outcome found =
        Command.run(
            30,
            List.of(
                "bash",
                "-c",
                "source samples/distroless/engine && engine_found && engine info >/dev/null 2>&1"
                    + " && printf '%s\\n' \"${engine_command[@]}\""));
    if (found.status() != 0) {
      skip("no container engine on this machine (podman or docker)");
    }
    for (Path jar : List.of(Sbom.AGENT, Sbom.COLLECTOR)) {
      if (!Files.exists(jar)) {
        skip("there is no " + jar + " (mvn package makes it)");
      }
    }
    engine = found.output().lines().toList();
    Command.run(300, List.of("samples/distroless/build-images", "21")).orFail();
  }

  private static void skip(String reason) {
    System.out.println("SKIPPED: " + reason);
    assumeTrue(false, reason);
  }

  @Test
  void agent_isNothingButTheJarAndALicence() throws IOException {
    Image image = image("whorl-agent");

    assertThat(image.layers()).containsExactly(List.of("LICENSE", "whorl-agent.jar"));
    assertThat(image.run()).doesNotContainKeys("Entrypoint", "Cmd");
  }

  @Test
  void otherImages_addTheirJarAndItsList() throws IOException {
    assertThat(image("whorl-agent-installer").lastLayer())
        .containsExactly("LICENSE", "whorl-agent.cdx.json", "whorl-agent.jar");
    assertThat(image("whorl-collector").lastLayer())
        .containsExactly(
            "whorl/LICENSE", "whorl/whorl-collector.cdx.json", "whorl/whorl-collector.jar");
  }

  @Test
  void images_areDescribed() throws IOException {
    for (String name : NAMES) {
      Image image = image(name);
      assertThat(image.run()).as(name).containsEntry("User", "65532");
      assertThat(image.configuration()).containsEntry("architecture", "amd64");
      Map<String, Object> labels = Manifests.map(Manifests.at(image.run(), "Labels"));
      String prefix = "org.opencontainers.image.";
      assertThat(labels)
          .as(name)
          .containsEntry(prefix + "licenses", "Apache-2.0")
          .containsKeys(prefix + "title", prefix + "description", prefix + "version");
      if (!name.equals("whorl-agent")) {
        assertThat(labels)
            .containsEntry(prefix + "base.name", "gcr.io/distroless/java21-debian13:nonroot");
      }
    }
  }

  @Test
  void images_areTheSameWhenMadeAgain(@TempDir Path folder) throws IOException {
    List<Path> bases;
    try (var files = Files.list(TARGET)) {
      bases = files.filter(each -> each.getFileName().toString().startsWith("base-")).toList();
    }
    assertThat(bases).hasSize(1);
    List<String> maven =
        List.of("mvn", "-B", "-ntp", "-q", "-Pimages", "-pl", "deploy/images", "package");
    List<String> command = new ArrayList<>(maven);
    command.add("-Dimages.base=tar://" + bases.get(0));
    command.add("-Dimages.base.name=gcr.io/distroless/java21-debian13:nonroot");
    command.add("-Dimages.tag=latest");
    command.add("-Dimages.directory=" + folder);

    Command.run(300, command).orFail();

    for (String name : NAMES) {
      String digest = Files.readString(TARGET.resolve(name + ".digest"));
      assertThat(folder.resolve(name + ".digest")).as(name).hasContent(digest);
      assertThat(Image.read(folder.resolve(name + ".tar")).digest()).isEqualTo(digest);
      assertThat(image(name).digest()).isEqualTo(digest);
    }
  }

  @Test
  void installer_copiesTheJar(@TempDir Path folder) throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));

    run(
        "--rm",
        "--network=none",
        "--volume=" + folder + ":/whorl",
        "localhost/whorl-agent-installer:latest");

    assertThat(folder.resolve("whorl-agent.jar")).hasSameBinaryContentAs(Sbom.AGENT);
  }

  @Test
  void agent_isLoadedFromAnImageVolume() throws IOException {
    assumeTrue(engine.get(0).endsWith("podman"), "docker mounts no images");

    String output =
        run(
            "--rm",
            "--network=none",
            "--mount=type=image,source=localhost/whorl-agent:latest,destination=/whorl",
            "--entrypoint=/usr/bin/java",
            "gcr.io/distroless/java21-debian13:nonroot",
            "-javaagent:/whorl/whorl-agent.jar",
            "-version");

    assertThat(output).contains("whorl: ").contains("OpenJDK");
  }

  @Test
  void collector_answers() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    String container =
        run(
                "--detach",
                "--network=host",
                "--tmpfs=/data:rw,mode=1777,size=2g",
                "--tmpfs=/tmp:rw,mode=1777,size=256m",
                "localhost/whorl-collector:latest",
                "serve",
                "--data=/data",
                "--listen=127.0.0.1:" + port)
            .strip();
    try {
      HttpClient client = HttpClient.newHttpClient();
      HttpRequest ready =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/readyz"))
              .timeout(Duration.ofSeconds(10))
              .build();
      await("readiness")
          .atMost(Duration.ofSeconds(90))
          .ignoreExceptions()
          .untilAsserted(
              () -> {
                HttpResponse<String> answer =
                    client.send(ready, HttpResponse.BodyHandlers.ofString());
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
              });
    } catch (RuntimeException e) {
      throw new AssertionError("the collector printed:\n" + logs(container), e);
    } finally {
      command(List.of("rm", "--force", "--time=5", container)).orFail();
    }
  }

  private static String logs(String container) throws IOException {
    return command(List.of("logs", container)).output();
  }

  private static Image image(String name) throws IOException {
    return Image.read(TARGET.resolve(name + ".tar"));
  }

  private static String run(String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of("run"));
    all.addAll(STRICT);
    all.addAll(List.of(arguments));
    return command(all).orFail();
  }

  private static Command.Outcome command(List<String> arguments) throws IOException {
    List<String> all = new ArrayList<>(engine);
    all.addAll(arguments);
    return Command.run(120, all);
  }
}
