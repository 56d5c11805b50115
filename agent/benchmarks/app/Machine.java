import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A process of this machine.
 *
 * @param before what goes before java, such as taskset
 */
record Machine(List<String> before) implements Place {
  @Override
  public Running start(
      Path home,
      List<String> arguments,
      Map<String, String> environment,
      List<Path> readable,
      Path log)
      throws IOException {
    List<String> command = new ArrayList<>(before);
    command.add(home.resolve("bin/java").toString());
    // What earlier runs left in the machine's own would be work for this one.
    Path temporary = Files.createDirectories(log.resolveSibling("tmp"));
    command.add("-Djava.io.tmpdir=" + temporary);
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    builder.directory(log.getParent().toFile());
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    return new Started(Instant.now(), builder.start());
  }

  private record Started(Instant begun, Process process) implements Running {
    @Override
    public long pid() {
      return process.pid();
    }

    @Override
    public boolean isAlive() {
      return process.isAlive();
    }

    @Override
    public void stop() throws InterruptedException {
      process.destroy();
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    }
  }
}
