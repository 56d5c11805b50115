import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The application at work in a JVM of its own, and what the kernel and the JVM say of it. */
final class Application implements AutoCloseable {
  private static final Duration START_MAX = Duration.ofSeconds(120);
  private static final double TICKS_PER_SECOND = 100;

  final int port;
  private final Path home;
  private final Path folder;
  private final Process process;
  private final Instant begun;

  Application(Path home, Path app, Way way, List<Path> jars, List<String> prefix, Path folder)
      throws IOException {
    this.home = home;
    this.folder = folder;
    port = freePort();
    List<String> command = new ArrayList<>(prefix);
    command.add(home.resolve("bin/java").toString());
    command.addAll(way.options(jars));
    String classes = System.getProperty("java.class.path").split(":")[0];
    command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-cp", app + ":" + classes, "Mark"));
    command.add(folder.resolve("main").toString());
    command.add("org.springframework.boot.loader.launch.JarLauncher");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("PORT", String.valueOf(port));
    builder.environment().putAll(way.environment());
    builder.redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile());
    begun = Instant.now();
    process = builder.start();
  }

  /** Until a request is answered; asked every two milliseconds. */
  double secondsToFirstAnswer() throws IOException, InterruptedException {
    Instant end = begun.plus(START_MAX);
    while (Instant.now().isBefore(end) && process.isAlive()) {
      if (answers("/products?sort=price")) {
        return seconds(Instant.now());
      }
      TimeUnit.MILLISECONDS.sleep(2);
    }
    throw new IOException("the application did not start:\n" + log());
  }

  double secondsToMain() throws IOException {
    return seconds(Instant.parse(Files.readString(folder.resolve("main"))));
  }

  /** Of all its threads, in user mode and in the kernel's. */
  double cpuSeconds() throws IOException {
    String stat = Files.readString(proc("stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
  }

  double residentMebibytes() throws IOException {
    return status("VmRSS:") / 1024.0;
  }

  double threads() throws IOException {
    return status("Threads:");
  }

  double loadedClasses() throws IOException, InterruptedException {
    String counters = jcmd("PerfCounter.print");
    return figure(counters, "java.cls.loadedClasses=")
        + figure(counters, "java.cls.sharedLoadedClasses=");
  }

  /** What lives, in MiB. */
  double heapMebibytes() throws IOException, InterruptedException {
    jcmd("GC.run");
    double used = 0;
    for (String line : jcmd("GC.heap_info").split("\n")) {
      if (line.contains("generation") && line.contains("used ")) {
        used += figure(line, "used ");
      }
    }
    return used / 1024;
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }

  private double seconds(Instant now) {
    return Duration.between(begun, now).toNanos() / 1e9;
  }

  private boolean answers(String path) {
    try {
      HttpURLConnection connection =
          (HttpURLConnection)
              URI.create("http://127.0.0.1:" + port + path).toURL().openConnection();
      connection.setConnectTimeout(1000);
      connection.setReadTimeout(5000);
      try (InputStream in = connection.getInputStream()) {
        in.readAllBytes();
        return connection.getResponseCode() == 200;
      }
    } catch (IOException notYet) {
      return false;
    }
  }

  private double status(String name) throws IOException {
    return figure(Files.readString(proc("status")), name);
  }

  private Path proc(String file) {
    return Path.of("/proc", String.valueOf(process.pid()), file);
  }

  private String jcmd(String command) throws IOException, InterruptedException {
    Process asked =
        new ProcessBuilder(
                home.resolve("bin/jcmd").toString(), String.valueOf(process.pid()), command)
            .redirectErrorStream(true)
            .start();
    String answer = new String(asked.getInputStream().readAllBytes());
    asked.waitFor();
    return answer;
  }

  private String log() throws IOException {
    List<String> lines = Files.readAllLines(folder.resolve("log"));
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
  }

  private static double figure(String text, String name) {
    int at = text.indexOf(name);
    if (at < 0) {
      throw new IllegalStateException("no " + name + " in " + text);
    }
    String rest = text.substring(at + name.length()).strip();
    return Double.parseDouble(rest.split("[^0-9.]", 2)[0]);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
