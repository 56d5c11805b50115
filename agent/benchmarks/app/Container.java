import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A container with one processor and 512 MiB, a read-only root, no capabilities and the network of
 * this machine, so that nothing stands between load and application. The image gives the root file
 * system; the JDK is this machine's, so that it is the same one as outside.
 *
 * @param image a distroless one of {@code samples/distroless/build-images}
 */
record Container(String image) implements Place {
  private static final double TICKS_PER_SECOND = 100;

  @Override
  public Running start(
      Path home,
      List<String> arguments,
      Map<String, String> environment,
      List<Path> readable,
      Path log)
      throws IOException {
    Path pidFile = log.resolveSibling("pid");
    List<String> command =
        new ArrayList<>(
            List.of(
                "podman", "--runtime", "runc", "run", "--rm", "--log-driver", "none",
                "--network", "host", "--cpus", "1", "--memory", "512m", "--read-only",
                "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--user", "65532",
                "--pidfile", pidFile.toString(), "--cidfile", log.resolveSibling("id").toString()));
    for (Path path : mounted(home, readable)) {
      command.addAll(List.of("--volume", path + ":" + path + ":ro"));
    }
    environment.forEach((name, value) -> command.addAll(List.of("--env", name + "=" + value)));
    command.addAll(List.of("--entrypoint", home.resolve("bin/java").toString(), image));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("PODMAN_IGNORE_CGROUPSV1_WARNING", "1");
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    return new Started(builder.start(), pidFile);
  }

  /** The JDK with what its links point to outside of it, and what else is to be read. */
  private static Set<Path> mounted(Path home, List<Path> readable) throws IOException {
    Set<Path> paths = new LinkedHashSet<>(readable);
    paths.add(home);
    Path real = home.toRealPath();
    paths.add(real);
    for (String folder : List.of("conf", "lib")) {
      try (var files = Files.walk(real.resolve(folder))) {
        for (Path file : files.filter(Files::isSymbolicLink).toList()) {
          Path target = Files.exists(file) ? file.toRealPath() : real;
          if (!target.startsWith(real)) {
            // Of a link to a file of a folder full of them, the folder.
            paths.add(target);
          }
        }
      }
    }
    return paths;
  }

  private record Started(Process podman, Path pidFile) implements Running {
    /** When the kernel made the process, so that the engine's own time is not the application's. */
    @Override
    public Instant begun() throws IOException {
      String stat = Files.readString(Path.of("/proc", String.valueOf(pid()), "stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      double upAtStart = Long.parseLong(fields[19]) / TICKS_PER_SECOND;
      double upNow = Double.parseDouble(Files.readString(Path.of("/proc/uptime")).split(" ")[0]);
      return Instant.now().minusNanos((long) ((upNow - upAtStart) * 1e9));
    }

    @Override
    public long pid() throws IOException {
      return Long.parseLong(Files.readString(pidFile).strip());
    }

    @Override
    public boolean isAlive() {
      return podman.isAlive();
    }

    /** The engine hands the signal on. */
    @Override
    public void stop() throws IOException, InterruptedException {
      podman.destroy();
      if (!podman.waitFor(20, TimeUnit.SECONDS)) {
        new ProcessBuilder(
                "podman", "rm", "--force", "--time", "0",
                Files.readString(pidFile.resolveSibling("id")).strip())
            .start()
            .waitFor();
        podman.destroyForcibly().waitFor();
      }
    }
  }
}
