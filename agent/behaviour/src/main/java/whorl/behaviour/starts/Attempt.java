package whorl.behaviour.starts;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One JVM, from its start to its end, in a folder of its own.
 *
 * @param pinned what goes before java, such as taskset and its arguments
 * @param collector null for none
 * @param folder for all that the JVM writes
 * @param reports where the threads go of a JVM that hangs
 */
record Attempt(
    Start start,
    Jars jars,
    List<String> pinned,
    @Nullable CollectorProcess collector,
    Duration limit,
    Path folder,
    Path reports) {
  private static final long KILL_SECONDS = 20;

  /** What a program does without the agent is no question of time. */
  private static final int LIMITS_WITHOUT_AGENT = 5;

  /** How it went; the outcome is null when it did not end, or an answer is missing. */
  record Ended(@Nullable Outcome outcome, @Nullable String failure, long millis, int answers) {}

  Ended withAgent() throws IOException, InterruptedException {
    return run(true);
  }

  Ended withoutAgent() throws IOException, InterruptedException {
    return run(false);
  }

  private Ended run(boolean agent) throws IOException, InterruptedException {
    Path out = folder.resolve("out.txt");
    Path err = folder.resolve("err.txt");
    int port = start.program().answers() ? Requests.freePort() : 0;
    ProcessBuilder builder = new ProcessBuilder(command(agent, port));
    Environments.withoutAgents(builder);
    builder.environment().put("PORT", String.valueOf(port));
    if (agent) {
      settings(builder);
    }
    builder.directory(folder.toFile()).redirectOutput(out.toFile()).redirectError(err.toFile());
    long begun = System.nanoTime();
    Process process = builder.start();
    Duration most = agent ? limit : limit.multipliedBy(LIMITS_WITHOUT_AGENT);
    Requests requests = new Requests(port, paths(), most);
    String failure = start.program().answers() ? ask(process, requests, agent) : null;
    if (failure == null && !process.waitFor(most.toNanos(), TimeUnit.NANOSECONDS)) {
      failure = "did not end within " + most.toSeconds() + " s";
    }
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
    if (failure != null) {
      report(process, failure);
      return new Ended(null, failure, millis, requests.answered());
    }
    // The shop logs times and numbers of processes; those who ask it look at its answers.
    Outcome outcome =
        Outcome.of(
            process.exitValue(),
            start.program() == Program.SHOP ? List.of() : lines(out),
            lines(err));
    return new Ended(outcome, null, millis, requests.answered());
  }

  /** Keeps what there is to see of a start that failed for another reason. */
  void keep(String failure) throws IOException {
    Path kept = Files.createDirectories(reportFolder());
    Files.writeString(kept.resolve("failure.txt"), words(failure));
    for (String name : List.of("out.txt", "err.txt", "class-loads.log", "compilations.log")) {
      if (Files.exists(folder.resolve(name))) {
        Files.copy(folder.resolve(name), kept.resolve(name), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  private @Nullable String ask(Process process, Requests requests, boolean agent)
      throws InterruptedException {
    // What the answers are without the agent takes no load to see.
    String missing = requests.ask(process, agent ? start.workMillis() : 0);
    if (missing != null) {
      return missing;
    }
    if (start.program() == Program.SHOP) {
      process.destroy();
      return null;
    }
    try {
      requests.send("/end");
      return null;
    } catch (IOException e) {
      return "/end was not answered: " + e;
    }
  }

  private void report(Process process, String failure) throws IOException, InterruptedException {
    if (process.isAlive()) {
      ThreadDump.write(process, start.jdk(), reportFolder());
      process.destroyForcibly();
      boolean gone = process.waitFor(KILL_SECONDS, TimeUnit.SECONDS);
      if (!gone) {
        throw new IOException("process " + process.pid() + " cannot be killed");
      }
    }
    keep(failure);
  }

  private Path reportFolder() {
    return reports.resolve(start.key().replace('/', '-'));
  }

  private String words(String failure) {
    return String.join(", ", start.words()) + ": " + failure + "\n" + command(true, 0) + "\n";
  }

  private List<String> command(boolean agent, int port) {
    List<String> command = new ArrayList<>(pinned);
    command.add(start.jdk().java());
    // What one start leaves behind must not be the next one's work.
    command.add("-Djava.io.tmpdir=" + folder);
    command.add("-Xmx256m");
    if (agent) {
      command.add("-javaagent:" + jars.agent());
      command.addAll(start.jvm().options(folder));
    }
    switch (start.program()) {
      case QUICK -> program(command, "Quick", start.ending());
      case CROWD -> program(command, "Crowd", String.valueOf(start.turnsMillis()));
      case SERVER -> program(command, "Answers", String.valueOf(port));
      case SHOP -> command.addAll(List.of("-jar", jars.shop().toString()));
    }
    return command;
  }

  private void program(List<String> command, String name, String argument) {
    command.addAll(List.of("-cp", jars.classes().toString()));
    command.addAll(List.of("whorl.behaviour.starts.program." + name, argument));
  }

  private void settings(ProcessBuilder builder) {
    builder.environment().put("WHORL_START_PATIENCE", start.patience());
    builder.environment().put("WHORL_SERVICE_NAME", "starts-" + start.program().word());
    builder.environment().put("WHORL_RECORDING_DIR", folder.toString());
    if (collector != null) {
      builder.environment().put("WHORL_COLLECTOR_URL", collector.url());
      builder.environment().put("WHORL_COLLECTOR_TOKEN", collector.token());
    }
  }

  private List<String> paths() {
    return start.program() == Program.SHOP
        ? List.of("/products?sort=price", "/healthz", "/cart/ann")
        : List.of("/work");
  }

  private static List<String> lines(Path file) throws IOException {
    return Files.readAllLines(file, Charset.defaultCharset());
  }
}
