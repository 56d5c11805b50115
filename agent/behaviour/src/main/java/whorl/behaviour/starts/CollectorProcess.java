package whorl.behaviour.starts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The packaged collector on a loopback port, with a folder of its own, and its agents' token. */
final class CollectorProcess implements AutoCloseable {
  private static final Pattern LISTENING =
      Pattern.compile("listening on (http://127\\.0\\.0\\.1:\\d+)");
  private static final Pattern TOKEN = Pattern.compile("(?m)^agent (\\S+)$");
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final long POLL_MILLIS = 50;
  private static final long END_SECONDS = 20;

  private final Process process;
  private final String url;
  private final String token;

  private CollectorProcess(Process process, String url, String token) {
    this.process = process;
    this.url = url;
    this.token = token;
  }

  static CollectorProcess start(Path jar, Path folder) throws IOException, InterruptedException {
    Path output = Files.createDirectories(folder).resolve("collector.log");
    Path data = folder.resolve("data");
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin/java").toString(),
            "-jar",
            jar.toString(),
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--data",
            data.toString());
    Environments.withoutAgents(builder);
    Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    long start = System.nanoTime();
    while (System.nanoTime() - start < START_LIMIT.toNanos() && process.isAlive()) {
      Matcher listening = LISTENING.matcher(Files.readString(output));
      if (listening.find()) {
        Matcher token = TOKEN.matcher(Files.readString(data.resolve("tokens")));
        if (token.find()) {
          return new CollectorProcess(process, listening.group(1), token.group(1));
        }
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
    process.destroyForcibly();
    throw new IOException("the collector did not start:\n" + Files.readString(output));
  }

  String url() {
    return url;
  }

  String token() {
    return token;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
