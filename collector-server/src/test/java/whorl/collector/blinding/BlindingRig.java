package whorl.collector.blinding;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import whorl.collector.testkit.TestJvm;
import whorl.evidence.Json;

/** The packaged collector, and a JVM with the packaged agent that runs {@link Blinder}. */
final class BlindingRig implements AutoCloseable {
  private static final Path AGENT =
      Path.of("../agent/dist/target/whorl-agent.jar").toAbsolutePath().normalize();
  private static final Path COLLECTOR = Path.of("target/whorl-collector.jar").toAbsolutePath();
  private static final String LISTENING = "listening on ";

  private final Path folder;
  private final Process collector;
  private final String url;
  private final HttpClient client = HttpClient.newHttpClient();
  private final Set<String> known = new HashSet<>();
  private @Nullable Process jvm;
  private @Nullable BufferedReader answers;
  private @Nullable BufferedWriter orders;

  BlindingRig(Path folder) throws IOException {
    this.folder = folder;
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
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
    url = listening(reader(collector));
  }

  /** Of 17 and 25, those that are installed here. */
  static Stream<Path> jdks() {
    return Stream.of(
            System.getProperty("whorl.jdk.17", "/usr/lib/jvm/java-17-openjdk-amd64"),
            System.getProperty("whorl.jdk.25", "/usr/lib/jvm/temurin-25-jdk-amd64"))
        .map(Path::of)
        .filter(home -> Files.exists(home.resolve("bin/java")));
  }

  static int feature(Path jdk) throws IOException {
    for (String line : Files.readAllLines(jdk.resolve("release"))) {
      if (line.startsWith("JAVA_VERSION=")) {
        return Integer.parseInt(line.replaceAll("[^0-9.]", "").split("\\.")[0]);
      }
    }
    throw new IOException("no version of " + jdk);
  }

  /** Ten seconds are a promise for a machine that has processors to spare. */
  Duration patience(Duration limit) {
    double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    boolean busy = load > 2.0 * Runtime.getRuntime().availableProcessors();
    return busy ? limit.multipliedBy(6) : limit;
  }

  /** Returns when the collector has seen a self-test of the agent pass. */
  void startJvm(Path jdk, Duration limit) throws IOException {
    List<String> command =
        TestJvm.quick(
            jdk.resolve("bin/java").toString(),
            "-javaagent:" + AGENT,
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "-Dwhorl.start.patience=0s",
            "-Dwhorl.service.name=blinded",
            "-Dwhorl.capture.cooldown=1s",
            "-cp",
            Path.of("target/test-classes").toAbsolutePath().toString(),
            Blinder.class.getName());
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(folder.resolve("jvm.log").toFile());
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.environment().put("WHORL_COLLECTOR_URL", url);
    builder.environment().put("WHORL_COLLECTOR_TOKEN", token("agent"));
    jvm = builder.start();
    answers = reader(jvm);
    orders =
        new BufferedWriter(new OutputStreamWriter(jvm.getOutputStream(), StandardCharsets.UTF_8));
    if (!"ready".equals(answers.readLine())) {
      throw new IOException(Files.readString(folder.resolve("jvm.log")));
    }
    await("the first self-test").atMost(limit).until(() -> selfTest().startsWith("passes"));
    await("the recording").atMost(limit).until(this::recordingRuns);
    newAlerts();
    // The watch has learned by then which recording is the agent's, and every class is loaded.
    await().pollDelay(Duration.ofSeconds(3)).until(() -> true);
  }

  private boolean recordingRuns() throws IOException {
    return agent().path("capabilities").path("recording").path("running").asBoolean();
  }

  /** What came of it, in the program's words. */
  String attack(String way) throws IOException {
    newAlerts();
    orders.write(way + "\n");
    orders.flush();
    String answer = answers.readLine();
    if (answer == null) {
      throw new IOException(way + ": " + Files.readString(folder.resolve("jvm.log")));
    }
    return answer.substring(answer.indexOf(": ") + 2);
  }

  /** What the list of agents says of the self-test. */
  String selfTest() throws IOException {
    return agent().path("capabilities").path("selfTest").asText();
  }

  private JsonNode agent() throws IOException {
    return get("/api/v1/agents").path("agents").path(0);
  }

  /** Alerts that were not returned before. */
  List<JsonNode> newAlerts() throws IOException {
    List<JsonNode> fresh = new ArrayList<>();
    for (JsonNode alert : get("/api/v1/alerts?limit=100").path("alerts")) {
      if (known.add(alert.path("id").asText())) {
        fresh.add(alert);
      }
    }
    return fresh;
  }

  JsonNode captures() throws IOException {
    return get("/api/v1/captures").path("captures");
  }

  private JsonNode get(String path) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + path))
            .header("Authorization", "Bearer " + token("viewer"))
            .build();
    try {
      return Json.MAPPER.readTree(
          client.send(request, HttpResponse.BodyHandlers.ofString()).body());
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private String token(String role) throws IOException {
    for (String line : Files.readAllLines(folder.resolve("data").resolve("tokens"))) {
      if (line.startsWith(role + " ")) {
        return line.substring(role.length() + 1);
      }
    }
    throw new IOException("no token of role " + role);
  }

  private static BufferedReader reader(Process process) {
    return new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  private String listening(BufferedReader out) throws IOException {
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      int at = line.indexOf(LISTENING);
      if (at >= 0) {
        return line.substring(at + LISTENING.length()).strip();
      }
    }
    throw new UncheckedIOException(
        new IOException(Files.readString(folder.resolve("collector.log"))));
  }

  @Override
  public void close() throws InterruptedException {
    for (Process process : new Process[] {jvm, collector}) {
      if (process != null) {
        process.destroyForcibly().waitFor(20, TimeUnit.SECONDS);
      }
    }
  }
}
