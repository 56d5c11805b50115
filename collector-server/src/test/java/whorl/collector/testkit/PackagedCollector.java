package whorl.collector.testkit;

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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import whorl.evidence.Json;

/** The collector's jar at work, on a free port of loopback. */
public final class PackagedCollector implements AutoCloseable {
  private static final Path JAR = Path.of("target/whorl-collector.jar").toAbsolutePath();
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final String LISTENING = "listening on ";

  private final Path folder;
  private final Path log;
  private final Process process;
  private final String url;

  public PackagedCollector(Path folder) throws IOException {
    this(folder, 384);
  }

  /**
   * @param heapMiB its {@code -Xmx}
   */
  public PackagedCollector(Path folder, int heapMiB) throws IOException {
    this(folder, heapMiB, List.of());
  }

  /**
   * @param under the command that runs it, such as a tracer; may be empty
   */
  public PackagedCollector(Path folder, int heapMiB, List<String> under) throws IOException {
    this(folder, heapMiB, under, folder.resolveSibling("collector.log"));
  }

  /**
   * @param log its standard error
   */
  public PackagedCollector(Path folder, int heapMiB, Path log) throws IOException {
    this(folder, heapMiB, List.of(), log);
  }

  private PackagedCollector(Path folder, int heapMiB, List<String> under, Path log)
      throws IOException {
    this.folder = folder;
    this.log = log;
    List<String> command = new ArrayList<>(under);
    command.addAll(
        TestJvm.quick(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx" + heapMiB + "m",
            "-XX:+UseSerialGC",
            "-jar",
            JAR.toString(),
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--data",
            folder.toString()));
    process = new ProcessBuilder(command).redirectError(log.toFile()).start();
    url = told();
  }

  private String told() throws IOException {
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      int at = line.indexOf(LISTENING);
      if (at >= 0) {
        return line.substring(at + LISTENING.length()).strip();
      }
    }
    throw new IOException("the collector did not start: " + Files.readString(log));
  }

  public String url() {
    return url;
  }

  public String token(String role) throws IOException {
    return Files.readAllLines(folder.resolve("tokens")).stream()
        .filter(line -> line.startsWith(role + " "))
        .map(line -> line.substring(role.length() + 1))
        .findFirst()
        .orElseThrow();
  }

  /** What the API answers a viewer; its status under {@code status} where that is no success. */
  public JsonNode get(String path) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + path))
            .header("Authorization", "Bearer " + token("viewer"))
            .build();
    try {
      return Json.MAPPER.readTree(
          CLIENT.send(request, HttpResponse.BodyHandlers.ofString()).body());
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Whether it still runs. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** What it wrote on standard error. */
  public String log() throws IOException {
    return Files.readString(log);
  }

  /** Ends it as a crash would. */
  public void kill() throws InterruptedException {
    List<ProcessHandle> traced = process.descendants().toList();
    traced.forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    process.waitFor();
    for (ProcessHandle each : traced) {
      each.onExit().join();
    }
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }
}
