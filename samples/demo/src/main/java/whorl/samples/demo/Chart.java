package whorl.samples.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The chart as helm renders it, without a cluster. */
record Chart(String manifests) {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration FETCH_PATIENCE = Duration.ofMinutes(5);

  /** The description of the injection in its ConfigMap: one string in double quotes. */
  private static final Pattern DESCRIPTION = Pattern.compile("(?m)^ +injection\\.json: (\".*\")$");

  /** Renders it for the webhook. */
  static Chart render(Path root) {
    List<String> command =
        List.of(
            helm(root).toString(),
            "template",
            "whorl",
            root.resolve("deploy/helm/whorl").toString(),
            "--namespace=whorl",
            "--set=image.repository=localhost/whorl-collector,injection.mode=webhook");
    Child child = Child.run("helm", PATIENCE, new ProcessBuilder(command));
    if (child.awaitEnd(PATIENCE) != 0) {
      throw new IllegalStateException("helm template failed:\n" + String.join("\n", child.lines()));
    }
    return new Chart(String.join("\n", child.lines()));
  }

  /** That of the path, or fetched once. */
  private static Path helm(Path root) {
    for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
      Path program = Path.of(folder, "helm");
      if (Files.isExecutable(program)) {
        return program;
      }
    }
    Path folder = root.resolve("samples/demo/target/helm");
    Path program = folder.resolve("helm");
    if (!Files.isExecutable(program)) {
      Child child =
          Child.run(
              "get-helm",
              FETCH_PATIENCE,
              new ProcessBuilder(root.resolve("deploy/get-helm").toString(), folder.toString()));
      if (child.awaitEnd(FETCH_PATIENCE) != 0) {
        throw new IllegalStateException(
            "there is no helm, and deploy/get-helm failed (it needs npm):\n"
                + String.join("\n", child.lines()));
      }
    }
    return program;
  }

  /** How many objects it has. */
  long objects() {
    return manifests.lines().filter(line -> line.startsWith("kind: ")).count();
  }

  /** What the webhook injects, as JSON. */
  String injection() throws IOException {
    Matcher matcher = DESCRIPTION.matcher(manifests);
    if (!matcher.find()) {
      throw new IOException("the chart renders no injection.json");
    }
    return new ObjectMapper().readValue(matcher.group(1), String.class);
  }
}
