package whorl.samples.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The shop with (or without) the flag, as a plain JVM or in a container, on loopback. */
final class Shop implements AutoCloseable {
  /** The limits that a careful cluster sets, and a writable /dev/shm as Kubernetes gives it. */
  static final List<String> CAREFUL =
      List.of("--read-only-tmpfs=false", "--tmpfs=/dev/shm:rw,mode=1777,size=64m");

  /** Nothing can be written at all. */
  static final List<String> STRICTEST = List.of("--read-only-tmpfs=false");

  private static final Duration START_PATIENCE = Duration.ofSeconds(90);

  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final Child process;
  private final URI url;
  private final @Nullable Engine engine;
  private final String container;

  private Shop(Child process, int port, @Nullable Engine engine, String container) {
    this.process = process;
    this.url = URI.create("http://127.0.0.1:" + port);
    this.engine = engine;
    this.container = container;
  }

  /**
   * As a plain JVM, with a folder for temporary files of its own: in a shared one its agent would
   * find, and report, what another shop that was killed left there.
   *
   * @param folder its working folder, which it may share
   * @param environment further variables, {@code JAVA_TOOL_OPTIONS} with the flag among them
   */
  static Shop jvm(Jars jars, Path javaHome, Path folder, Map<String, String> environment) {
    int port = freePort();
    ProcessBuilder builder =
        Java.jar(
            javaHome,
            List.of("-Xmx256m", "-Djava.io.tmpdir=" + temporaryFolder(folder)),
            jars.shop(),
            List.of("--server.port=" + port, "--shop.invoices=" + jars.invoices()));
    builder.directory(folder.toFile());
    builder.environment().putAll(environment);
    return new Shop(Child.start("shop", builder), port, null, "").ready();
  }

  /**
   * In a container: read-only root, no capabilities, user 65532, 512 MiB.
   *
   * @param options further options for the engine, {@link #CAREFUL} or {@link #STRICTEST}
   */
  static Shop container(
      Engine engine, String image, List<String> options, Map<String, String> environment) {
    int port = freePort();
    String name = "whorl-shop-" + UUID.randomUUID().toString().substring(0, 8);
    List<String> run = new ArrayList<>();
    run.addAll(
        List.of(
            "run",
            "--rm",
            "--name=" + name,
            "--network=host",
            "--read-only",
            "--cap-drop=ALL",
            "--security-opt=no-new-privileges",
            "--user=65532:65532",
            "--memory=512m"));
    if (engine.podman()) {
      run.addAll(options);
    } else {
      // Docker's --read-only leaves nothing but /dev/shm writable by itself.
      options.stream().filter(option -> !option.startsWith("--read-only-tmpfs")).forEach(run::add);
    }
    environment.forEach((variable, value) -> run.add("--env=" + variable + "=" + value));
    run.addAll(List.of(image, "/shop/shop.jar", "--server.port=" + port));
    Child child = Child.start("shop", engine.builder(run));
    return new Shop(child, port, engine, name).ready();
  }

  /** One that the engine runs already, as a container of a pod. */
  static Shop played(Engine engine, String container, int port) {
    Child logs = Child.start("shop", engine.builder(List.of("logs", "--follow", container)));
    return new Shop(logs, port, engine, container).ready();
  }

  /** What turns the agent on: the flag, where to, and who this is. */
  static Map<String, String> flag(String agentJar, URI collector, String token) {
    return Map.of(
        "JAVA_TOOL_OPTIONS",
        "-javaagent:" + agentJar + " -XX:+StartAttachListener",
        "WHORL_COLLECTOR_URL",
        collector.toString(),
        "WHORL_COLLECTOR_TOKEN",
        token,
        "WHORL_SERVICE_NAME",
        "shop");
  }

  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException("no free port", e);
    }
  }

  private static Path temporaryFolder(Path folder) {
    try {
      return Files.createTempDirectory(folder, "tmp");
    } catch (IOException e) {
      throw new UncheckedIOException("no folder for temporary files in " + folder, e);
    }
  }

  private Shop ready() {
    long end = System.nanoTime() + START_PATIENCE.toNanos();
    while (!answers()) {
      if (!process.alive() || System.nanoTime() > end) {
        close();
        throw new IllegalStateException(
            "the shop did not come up; it printed:\n" + String.join("\n", process.lines()));
      }
      pause();
    }
    return this;
  }

  /** Whether it serves. */
  boolean answers() {
    return answers(url);
  }

  /** Whether a shop at this address serves. */
  static boolean answers(URI shop) {
    HttpRequest request =
        HttpRequest.newBuilder(shop.resolve("/healthz")).timeout(Duration.ofSeconds(5)).build();
    try {
      return HTTP.send(request, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException notYet) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static void pause() {
    try {
      Thread.sleep(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  URI url() {
    return url;
  }

  List<String> output() {
    return process.lines();
  }

  boolean alive() {
    return process.alive();
  }

  /** The full container id. */
  String containerId() {
    return requireEngine().run("inspect", "--format={{.Id}}", container).get(0);
  }

  /** SIGKILL to the app, as the OOM killer or a node's end would. */
  void kill() {
    if (engine == null) {
      process.kill();
    } else {
      engine.run("kill", "--signal=KILL", container);
      process.awaitEnd(Duration.ofSeconds(30));
    }
  }

  /** SIGTERM, and the exit status. */
  int stop() {
    if (engine == null) {
      process.close();
    } else if (process.alive()) {
      engine.run("stop", "--time=20", container);
    }
    return process.awaitEnd(Duration.ofSeconds(30));
  }

  private Engine requireEngine() {
    if (engine == null) {
      throw new IllegalStateException("the shop runs in no container");
    }
    return engine;
  }

  @Override
  public void close() {
    if (process.alive()) {
      stop();
    }
  }
}
