package whorl.readers;

import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A lake in S3 with its catalog in PostgreSQL, served by the collector's test classes in a process
 * of its own: its libraries are not those of Spark.
 */
final class ServedLake implements AutoCloseable {
  private static final Path ARGUMENTS =
      Path.of(System.getProperty("whorl.lake")).resolveSibling("servers.args");

  private final Process process;
  private final JsonNode facts;

  private ServedLake(Process process, JsonNode facts) {
    this.process = process;
    this.facts = facts;
  }

  /**
   * Starts it; skips the test where its servers can't be started.
   *
   * @param folder for its files
   */
  static ServedLake startOrSkip(Path folder) throws IOException {
    assumeThat(ARGUMENTS).as("written by the collector's LakeQuestionsTest").exists();
    Path log = folder.resolve("lake-servers.log");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "@" + ARGUMENTS.toRealPath(),
                Files.createDirectories(folder.resolve("lake-servers")).toString())
            // the collector's module, whose documents and class path it names
            .directory(ARGUMENTS.toRealPath().resolve("../../../..").normalize().toFile())
            .redirectError(log.toFile())
            .start();
    JsonNode facts = null;
    try {
      BufferedReader out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      while (facts == null) {
        String line = out.readLine();
        if (line == null) {
          throw new IOException("the lake's servers ended: " + Files.readString(log));
        }
        if (line.startsWith("{")) {
          facts = new ObjectMapper().readTree(line);
        }
      }
      assumeThat(facts.has("missing")).as(facts.path("missing").asText()).isFalse();
      return new ServedLake(process, facts);
    } catch (IOException | RuntimeException e) {
      process.destroy();
      throw e;
    }
  }

  /** Skips the test if a library is not there that only the profile {@code lake} has. */
  static void requireClass(String name) {
    boolean found;
    try {
      found = Class.forName(name) != null;
    } catch (ClassNotFoundException none) {
      found = false;
    }
    assumeThat(found)
        .as(name + " is on the class path with -Plake only; run collector-server/readers/compare")
        .isTrue();
  }

  JsonNode get(String name) {
    return facts.get(name);
  }

  String text(String name) {
    return facts.get(name).asText();
  }

  @Override
  public void close() {
    try {
      // the end of its input is the end of the process, which stops its servers
      process.getOutputStream().close();
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
