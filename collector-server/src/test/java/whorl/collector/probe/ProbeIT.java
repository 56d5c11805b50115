package whorl.collector.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.example.probed.Checkout;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.testkit.TestJvm;
import whorl.evidence.Json;

/** A probe from the packaged collector into a JVM with the packaged agent, and out of it again. */
class ProbeIT {
  private static final Path AGENT =
      Path.of(System.getProperty("whorl.agent.jar", "../agent/dist/target/whorl-agent.jar"))
          .toAbsolutePath()
          .normalize();
  private static final Path COLLECTOR =
      Path.of(System.getProperty("whorl.collector.jar", "target/whorl-collector.jar"))
          .toAbsolutePath();
  private static final Duration LIMIT = Duration.ofSeconds(180);
  private static final String LISTENING = "listening on ";

  @TempDir Path folder;
  private final HttpClient client = HttpClient.newHttpClient();
  private final Path java = Path.of(System.getProperty("java.home"), "bin", "java");
  private Process collector;
  private String url = "";
  private @Nullable Process jvm;

  @BeforeEach
  void start() throws IOException {
    collector =
        new ProcessBuilder(
                TestJvm.quick(
                    java.toString(),
                    "-Xmx256m",
                    "-XX:+UseSerialGC",
                    "-jar",
                    COLLECTOR.toString(),
                    "serve",
                    "--listen",
                    "127.0.0.1:0",
                    "--data",
                    folder.resolve("data").toString()))
            .redirectError(folder.resolve("collector.log").toFile())
            .start();
    BufferedReader out = reader(collector);
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      int at = line.indexOf(LISTENING);
      if (at >= 0) {
        url = line.substring(at + LISTENING.length()).split("[ ,]")[0];
        return;
      }
    }
    throw new IOException(Files.readString(folder.resolve("collector.log")));
  }

  @AfterEach
  void stop() throws InterruptedException {
    if (jvm != null) {
      jvm.destroyForcibly();
    }
    collector.destroy();
    if (!collector.waitFor(20, TimeUnit.SECONDS)) {
      collector.destroyForcibly();
    }
  }

  private static BufferedReader reader(Process process) {
    return new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  private Process startJvm(String probes) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
                java.toString(),
                "-javaagent:" + AGENT,
                "-Xlog:class+load:file=" + folder.resolve("classes.log"),
                "-Dwhorl.start.patience=0s",
                "-Dwhorl.service.name=checkout",
                "-Dwhorl.probes=" + probes,
                "-cp",
                Path.of("target/test-classes").toAbsolutePath().toString(),
                Checkout.class.getName())
            .redirectError(folder.resolve("jvm.log").toFile());
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.environment().put("WHORL_COLLECTOR_URL", url);
    builder.environment().put("WHORL_COLLECTOR_TOKEN", token("agent"));
    Process started = builder.start();
    jvm = started;
    assertThat(reader(started).readLine()).isEqualTo("ready");
    await().atMost(LIMIT).until(() -> get("/api/v1/agents").path("agents").size() == 1);
    return started;
  }

  private String token(String role) throws IOException {
    for (String line : Files.readAllLines(folder.resolve("data/tokens"))) {
      if (line.startsWith(role + " ")) {
        return line.substring(role.length() + 1).strip();
      }
    }
    throw new IOException("no token of role " + role);
  }

  private JsonNode get(String path) throws Exception {
    return send(path, "GET", HttpRequest.BodyPublishers.noBody());
  }

  private JsonNode send(String path, String method, HttpRequest.BodyPublisher body)
      throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + path))
            .header("Authorization", "Bearer " + token("admin"))
            .header("Content-Type", "application/json")
            .method(method, body)
            .build();
    HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
    return Json.MAPPER.readTree(answer.body());
  }

  private String probe(String type) throws Exception {
    return send(
            "/api/v1/probes",
            "POST",
            HttpRequest.BodyPublishers.ofString(
                "{\"target\":{\"service\":\"checkout\"},\"class\":\""
                    + type
                    + "\",\"method\":\"pay\",\"calls\":6,\"arguments\":true,\"stacks\":true,"
                    + "\"reason\":\"test\"}"))
        .path("id")
        .asText();
  }

  private JsonNode ended(String probe) {
    await().atMost(LIMIT).until(() -> state(probe).equals("ended"));
    try {
      return get("/api/v1/probes/" + probe);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private String state(String probe) throws Exception {
    return get("/api/v1/probes/" + probe).path("state").asText();
  }

  private List<String> loaded() throws IOException {
    return Files.readAllLines(folder.resolve("classes.log")).stream()
        .filter(line -> line.contains("whorl.agent.probe."))
        .toList();
  }

  @Test
  void calls_areRecorded_andTheClassIsAsBefore() throws Exception {
    Process application = startJvm("on-request");

    String id = probe(Checkout.class.getName());

    JsonNode probe = ended(id);
    JsonNode agent = probe.at("/agents/0");
    assertThat(agent.path("reason").asText()).isEqualTo("it has recorded 6 calls");
    assertThat(agent.path("restored").asBoolean()).as(agent.toString()).isTrue();
    JsonNode calls = get("/api/v1/probes/" + id + "/calls").path("calls");
    assertThat(calls).hasSize(6);
    for (JsonNode call : calls) {
      assertThat(call.at("/arguments/0").asText()).isEqualTo("customer: \"alice\"");
      assertThat(call.path("arguments").toString()).doesNotContain("hunter2");
      assertThat(call.path("thread").asText()).isEqualTo("main");
      assertThat(call.at("/stack/0").asText()).startsWith("com.example.probed.Checkout.pay(");
      assertThat(call.at("/stack/1").asText()).startsWith("com.example.probed.Checkout.main(");
      assertThat(call.path("stack")).hasSize(2);
    }
    assertThat(calls.findValuesAsText("thrown"))
        .hasSize(3)
        .containsOnly("java.lang.IllegalStateException");

    String ofTheJdk = probe("java.lang.String");
    assertThat(ended(ofTheJdk).at("/agents/0/reason").asText()).contains("is a class of the JDK");
    application.getOutputStream().write('\n');
    application.getOutputStream().flush();
    assertThat(application.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(application.exitValue()).isZero();
    assertThat(Files.readString(folder.resolve("jvm.log")).lines()).hasSize(1);
  }

  @Test
  @Tag("long")
  void probesOff_loadsNothingOfThem_andRefuses() throws Exception {
    startJvm("off");

    JsonNode agent = ended(probe(Checkout.class.getName())).at("/agents/0");

    assertThat(agent.path("state").asText()).isEqualTo("unable");
    assertThat(agent.path("reason").asText()).contains("probes=on-request");
    assertThat(loaded()).isEmpty();
  }
}
