package whorl.samples.demo;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The container engine of this machine, as {@code samples/distroless/engine} finds it. */
final class Engine {
  private static final Duration LOOK_PATIENCE = Duration.ofSeconds(30);
  private static final Duration COMMAND_PATIENCE = Duration.ofMinutes(2);
  private static final Duration BUILD_PATIENCE = Duration.ofMinutes(10);

  private final List<String> command;
  private final Path distroless;

  private Engine(List<String> command, Path distroless) {
    this.command = List.copyOf(command);
    this.distroless = distroless;
  }

  /** Null when there is none, or it does not work. */
  static @Nullable Engine find(Path root) {
    Path distroless = root.resolve("samples/distroless");
    Child look =
        Child.run(
            "engine",
            LOOK_PATIENCE,
            new ProcessBuilder(
                "bash",
                "-c",
                "source \"$1\" && engine_found && engine info >/dev/null 2>&1"
                    + " && printf '%s\\n' \"${engine_command[@]}\"",
                "bash",
                distroless.resolve("engine").toString()));
    return look.awaitEnd(LOOK_PATIENCE) == 0 ? new Engine(look.lines(), distroless) : null;
  }

  boolean podman() {
    return command.get(0).endsWith("podman");
  }

  /** A command of the engine, to be started by the caller. */
  ProcessBuilder builder(List<String> arguments) {
    List<String> all = new ArrayList<>(command);
    all.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(all);
    builder.environment().put("PODMAN_IGNORE_CGROUPSV1_WARNING", "1");
    return builder;
  }

  /**
   * Runs a command of the engine to its end.
   *
   * @throws IllegalStateException when it fails
   */
  List<String> run(String... arguments) {
    Child child = Child.run(command.get(0), COMMAND_PATIENCE, builder(List.of(arguments)));
    if (child.awaitEnd(COMMAND_PATIENCE) != 0) {
      throw new IllegalStateException(
          String.join(" ", arguments) + " failed:\n" + String.join("\n", child.lines()));
    }
    return child.lines();
  }

  /** Makes the samples' images for these Java versions; quick when the base images are there. */
  void buildImages(int... versions) {
    List<String> build = new ArrayList<>();
    build.add(distroless.resolve("build-images").toString());
    for (int version : versions) {
      build.add(Integer.toString(version));
    }
    Child child = Child.run("build-images", BUILD_PATIENCE, new ProcessBuilder(build));
    if (child.awaitEnd(BUILD_PATIENCE) != 0) {
      throw new IllegalStateException(
          "the images were not built:\n" + String.join("\n", child.lines()));
    }
  }
}
