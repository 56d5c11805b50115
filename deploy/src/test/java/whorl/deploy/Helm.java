package whorl.deploy;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs helm: that of {@code -Dwhorl.helm}, or of the path. It talks to no cluster. */
final class Helm {
  private static final Path CHART =
      Path.of(System.getProperty("whorl.root", ".."), "deploy/helm/whorl");

  private final Path program;

  private Helm(Path program) {
    this.program = program;
  }

  /** Null if there is none. */
  static @Nullable Helm find() {
    String given = System.getProperty("whorl.helm");
    if (given != null) {
      return new Helm(Path.of(given));
    }
    for (String folder : System.getenv("PATH").split(File.pathSeparator, -1)) {
      Path program = Path.of(folder, "helm");
      if (Files.isExecutable(program)) {
        return new Helm(program);
      }
    }
    return null;
  }

  /**
   * The outcome of a run.
   *
   * @param output both streams
   */
  record Outcome(int status, String output) {}

  /** Renders the chart as release {@code whorl} in namespace {@code forensics}. */
  Outcome template(List<String> arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of("template", "whorl", CHART.toString()));
    all.addAll(List.of("--namespace", "forensics"));
    all.addAll(arguments);
    return run(all);
  }

  Outcome lint() throws IOException {
    return run(List.of("lint", "--strict", CHART.toString()));
  }

  private Outcome run(List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(arguments);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException("helm did not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    return new Outcome(process.exitValue(), output);
  }
}
