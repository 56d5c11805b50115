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
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The application at work in a JVM of its own, and what the kernel and the JVM say of it. */
final class Application implements AutoCloseable {
  private static final Duration START_MAX = Duration.ofSeconds(120);
  private static final double TICKS_PER_SECOND = 100;

  final int port;
  private final Path folder;
  private final Path home;
  private final String asked;
  private final Path log;
  private final Place.Running jvm;

  /**
   * @param classes of the benchmark, {@link Mark} among them
   * @param settings further variables of its environment, {@code alsoReadable} what they name
   * @param folder for what it writes; its own
   */
  Application(
      Place place,
      Path home,
      App app,
      Path classes,
      Way way,
      List<Path> jars,
      Map<String, String> settings,
      List<Path> alsoReadable,
      Path folder)
      throws IOException {
    this.home = home;
    this.folder = folder;
    log = folder.resolve("log");
    port = freePort();
    List<String> arguments = new ArrayList<>(way.options(jars));
    List<Path> path = new ArrayList<>(app.files());
    path.add(classes);
    String joined = path.stream().map(Path::toString).collect(Collectors.joining(":"));
    arguments.addAll(
        List.of("-Xmx256m", "-XX:+UseSerialGC", "-cp", joined, "Mark", app.mainClass()));
    this.asked = app.paths().get(0);
    Map<String, String> environment = new HashMap<>(way.environment());
    environment.putAll(settings);
    environment.put("PORT", String.valueOf(port));
    // Tomcat would hang up after a hundred requests.
    environment.put("SERVER_TOMCAT_MAX_KEEP_ALIVE_REQUESTS", "-1");
    List<Path> readable = new ArrayList<>(alsoReadable);
    readable.addAll(path);
    way.agent(jars).ifPresent(readable::add);
    jvm = place.start(home, arguments, environment, readable, log);
  }

  /** Until a request is answered; asked every two milliseconds. */
  double secondsToFirstAnswer() throws IOException, InterruptedException {
    Instant end = Instant.now().plus(START_MAX);
    while (Instant.now().isBefore(end) && jvm.isAlive()) {
      if (answers(asked)) {
        Instant answered = Instant.now();
        return seconds(answered);
      }
      TimeUnit.MILLISECONDS.sleep(2);
    }
    throw new IOException("the application did not start:\n" + tail());
  }

  double secondsToMain() throws IOException {
    for (String line : Files.readAllLines(log)) {
      if (line.startsWith(Mark.REACHED)) {
        return seconds(Instant.parse(line.substring(Mark.REACHED.length())));
      }
    }
    throw new IOException("main was not reached:\n" + tail());
  }

  /** In this machine's own numbering. */
  long pid() throws IOException {
    return jvm.pid();
  }

  /** What it writes is here. */
  Path folder() {
    return folder;
  }

  /** Asks for a path, and takes any answer. */
  void ask(String path) {
    answers(path);
  }

  /** Processor time of all its threads, in user mode and in the kernel. */
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
      if (line.contains(" total ") && line.contains("used ")) {
        used += figure(line, "used ");
      }
    }
    return used / 1024;
  }

  @Override
  public void close() throws IOException, InterruptedException {
    jvm.stop();
  }

  /** A folder and all that is in it. */
  static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private double seconds(Instant until) throws IOException {
    return Duration.between(jvm.begun(), until).toNanos() / 1e9;
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

  private Path proc(String file) throws IOException {
    return Path.of("/proc", String.valueOf(jvm.pid()), file);
  }

  private String jcmd(String command) throws IOException, InterruptedException {
    Process asked =
        new ProcessBuilder(
                home.resolve("bin/jcmd").toString(), String.valueOf(jvm.pid()), command)
            .redirectErrorStream(true)
            .start();
    String answer = new String(asked.getInputStream().readAllBytes());
    asked.waitFor();
    return answer;
  }

  private String tail() throws IOException {
    List<String> lines = Files.readAllLines(log);
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
  }

  /** The number that follows a name. */
  static double figure(String text, String name) {
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
