package whorl.lab.run;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A fresh collector on its usual port, with a small heap. */
final class CollectorProcess implements AutoCloseable {
  static final URI ADDRESS = URI.create("http://127.0.0.1:7117");
  private static final long START_SECONDS = 60;

  private final ChildProcess process;
  private final Map<String, String> tokens;

  private CollectorProcess(ChildProcess process, Map<String, String> tokens) {
    this.process = process;
    this.tokens = tokens;
  }

  /** Starts it with tokens that are known beforehand, so that the application need not wait. */
  static CollectorProcess start(String jar, Path work) throws IOException {
    Path data = Files.createDirectories(work.resolve("collector"));
    Map<String, String> tokens = Map.of("agent", token(), "responder", token());
    Files.write(
        data.resolve("tokens"),
        tokens.entrySet().stream().map(one -> one.getKey() + " " + one.getValue()).toList());
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    ProcessBuilder builder =
        new ProcessBuilder(
            java,
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-jar",
            jar,
            "serve",
            "--listen",
            "127.0.0.1:7117",
            "--data",
            data.toString());
    return new CollectorProcess(
        ChildProcess.start("collector", builder, work.resolve("collector.log")), tokens);
  }

  private static String token() {
    return UUID.randomUUID().toString();
  }

  String token(String role) {
    return Objects.requireNonNull(tokens.get(role), role);
  }

  /** Waits until it listens. */
  void awaitListening() throws IOException, InterruptedException {
    Waiting.until("collector that listens", START_SECONDS, this::listens);
  }

  private @Nullable Boolean listens() throws IOException {
    if (!process.alive()) {
      throw new IOException(process.tail());
    }
    try (Socket socket = new Socket(ADDRESS.getHost(), ADDRESS.getPort())) {
      return socket.isConnected();
    } catch (ConnectException notYet) {
      return null;
    }
  }

  @Override
  public void close() {
    process.close();
  }
}
