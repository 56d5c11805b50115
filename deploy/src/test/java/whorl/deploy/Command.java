package whorl.deploy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs a program to its end. */
final class Command {
  /** The repository. */
  static final Path ROOT =
      Path.of(System.getProperty("whorl.root", "..")).toAbsolutePath().normalize();

  private Command() {}

  /**
   * The outcome of a run.
   *
   * @param output both streams
   */
  record Outcome(int status, String output) {
    /** The output, if the program ended with 0. */
    String orFail() {
      if (status != 0) {
        throw new AssertionError("status " + status + ":\n" + output);
      }
      return output;
    }
  }

  /**
   * In the repository's folder, without JVM options from here.
   *
   * @throws IOException also if the program does not end in time, when it is killed
   */
  static Outcome run(int seconds, List<String> command) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).directory(ROOT.toFile());
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.environment().put("PODMAN_IGNORE_CGROUPSV1_WARNING", "1");
    Process process = builder.start();
    process.getOutputStream().close();
    CompletableFuture<byte[]> output =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return process.getInputStream().readAllBytes();
              } catch (IOException e) {
                return e.toString().getBytes(StandardCharsets.UTF_8);
              }
            });
    try {
      if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException(command + " did not end within " + seconds + " s");
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    return new Outcome(process.exitValue(), new String(output.join(), StandardCharsets.UTF_8));
  }
}
