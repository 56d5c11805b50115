package whorl.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.example.heap.HeapApp;
import com.example.heap.Literals;
import com.example.heap.Secrets;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.jar.JarOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import org.jspecify.annotations.Nullable;

/** {@link HeapApp} with the agent, as a plain JVM or in a container. */
final class HeapProcess implements AutoCloseable {
  static final long SEED = 20_260_101;

  /** As little as can be: /tmp of one mebibyte, and nothing else to write to. */
  static final List<String> ONE_MEBIBYTE =
      List.of("--read-only-tmpfs=false", "--tmpfs=/tmp:rw,size=1m,mode=1777");

  private static final Duration START_PATIENCE = Duration.ofSeconds(90);
  private static final Duration DUMP_PATIENCE = Duration.ofSeconds(120);
  private static final String READER = "--read-heap";

  private final Child process;
  private final int port;
  private final @Nullable Engine engine;
  private final String container;
  private final long pid;

  private HeapProcess(Child process, int port, @Nullable Engine engine, String container) {
    this.process = process;
    this.port = port;
    this.engine = engine;
    this.container = container;
    awaitReady();
    this.pid =
        engine == null
            ? process.pid()
            : Long.parseLong(engine.run("inspect", "--format={{.State.Pid}}", container).get(0));
  }

  /** The application in a jar of its own, with the class whose constants are secrets. */
  static Path jar(Path folder) {
    Path jar = folder.resolve("heap-app.jar");
    if (Files.exists(jar)) {
      return jar;
    }
    Path home =
        Path.of(HeapApp.class.getProtectionDomain().getCodeSource().getLocation().getPath());
    String inside = HeapApp.class.getPackageName().replace('.', '/');
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file);
        var classes = Files.newDirectoryStream(home.resolve(inside), "*.class")) {
      for (Path one : classes) {
        out.putNextEntry(new ZipEntry(inside + "/" + one.getFileName()));
        try (InputStream in = Files.newInputStream(one)) {
          in.transferTo(out);
        }
      }
      out.putNextEntry(new ZipEntry(Literals.entryName()));
      out.write(Literals.classFile(SEED));
    } catch (IOException e) {
      throw new UncheckedIOException(jar + " cannot be made", e);
    }
    return jar;
  }

  /** All secrets that it holds. */
  static List<String> secrets() {
    List<String> secrets = new ArrayList<>();
    for (Secrets.Form form : Secrets.Form.values()) {
      for (int i = 0; i < Secrets.EACH; i++) {
        secrets.add(Secrets.secret(SEED, form, i));
      }
    }
    return secrets;
  }

  /**
   * @param live of its heap, in MiB
   * @param flags the heap's limit among them
   */
  static HeapProcess jvm(
      World world, Path javaHome, int live, List<String> flags, Map<String, String> environment) {
    int port = Shop.freePort();
    List<String> command = new ArrayList<>();
    command.add(javaHome.resolve("bin/java").toString());
    command.addAll(flags);
    command.addAll(appArguments(jar(world.folder).toString(), port, live));
    ProcessBuilder builder = new ProcessBuilder(command).directory(world.folder.toFile());
    builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
    builder.environment().putAll(environment);
    return new HeapProcess(Child.start("heap app", builder), port, null, "");
  }

  /**
   * Read-only root, no capabilities, user 65532.
   *
   * @param memory the container's limit, in MiB
   * @param options of the engine, for what else may be written to
   */
  static HeapProcess container(
      World world,
      int version,
      int memory,
      List<String> options,
      int live,
      List<String> flags,
      Map<String, String> environment) {
    Engine engine = World.engineOrSkip();
    int port = Shop.freePort();
    String name = "whorl-heap-" + UUID.randomUUID().toString().substring(0, 8);
    List<String> run = new ArrayList<>();
    run.addAll(
        List.of(
            "run",
            "--rm",
            "--name=" + name,
            "--network=host",
            "--read-only",
            "--cap-drop=ALL",
            "--security-opt=no-new-privileges",
            "--user=65532:65532",
            "--memory=" + memory + "m",
            "--memory-swap=" + memory + "m"));
    if (engine.podman()) {
      run.addAll(options);
    } else {
      options.stream().filter(option -> !option.startsWith("--read-only-tmpfs")).forEach(run::add);
    }
    mount(run, world.jars.agent(), "/whorl/whorl-agent.jar");
    mount(run, jar(world.folder), "/app/heap-app.jar");
    environment.forEach((variable, value) -> run.add("--env=" + variable + "=" + value));
    run.add("--entrypoint=/usr/bin/java");
    run.add("gcr.io/distroless/java" + version + "-debian13:nonroot");
    run.addAll(flags);
    run.addAll(appArguments("/app/heap-app.jar", port, live));
    return new HeapProcess(
        Child.start("heap app in a container", engine.builder(run)), port, engine, name);
  }

  private static void mount(List<String> run, Path file, String inside) {
    try {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be made readable to all", e);
    }
    run.add("--volume=" + file + ":" + inside + ":ro");
  }

  private static List<String> appArguments(String jar, int port, int live) {
    return List.of(
        "-cp",
        jar,
        HeapApp.class.getName(),
        Integer.toString(port),
        Integer.toString(live),
        Long.toString(SEED));
  }

  private void awaitReady() {
    try {
      Waiting.until(
          "answer of the heap app",
          START_PATIENCE,
          () -> {
            if (!process.alive()) {
              throw new IllegalStateException("it ended");
            }
            return Pinger.ask(port, "/ping").equals("pong") ? true : null;
          });
    } catch (IllegalStateException e) {
      close();
      throw new IllegalStateException(
          e.getMessage() + "; it printed:\n" + String.join("\n", process.lines()), e);
    }
  }

  /** As the host numbers it. */
  long pid() {
    return pid;
  }

  int port() {
    return port;
  }

  boolean alive() {
    return process.alive();
  }

  List<String> output() {
    return process.lines();
  }

  /** The longest time that it stood still since it was asked last, by its own clock. */
  long longestStandstillMillis() {
    return Long.parseLong(Pinger.ask(port, "/pause"));
  }

  /** The second JVM, which reads the heap; empty when there is none. */
  OptionalLong reader() {
    return ProcessHandle.of(pid).stream()
        .flatMap(ProcessHandle::descendants)
        .filter(one -> commandLine(one.pid()).contains(READER))
        .mapToLong(ProcessHandle::pid)
        .findFirst();
  }

  /** What it wrote by system calls since its start, to any file; most of it is the dump. */
  long writtenBytes() {
    return counter("wchar");
  }

  /**
   * One of the lines of {@code /proc/PID/io}.
   *
   * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_io.5.html">proc(5)</a>
   */
  private long counter(String name) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/io"))) {
        if (line.startsWith(name + ": ")) {
          return Long.parseLong(line.substring(name.length() + 2));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("process " + pid + " is gone", e);
    }
    throw new IllegalStateException("no " + name + " in /proc/" + pid + "/io");
  }

  private static String commandLine(long pid) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/cmdline"));
    } catch (IOException gone) {
      return "";
    }
  }

  /** A dump by {@code jcmd}, which a JDK on this machine must have, into a file of the app's. */
  void plainDump(Path seenByTheApp) {
    String said = jcmd("GC.heap_dump", "-all", "-overwrite", seenByTheApp.toString());
    if (!said.contains("Heap dump file created")) {
      throw new IllegalStateException("jcmd " + pid + " GC.heap_dump: " + said);
    }
  }

  /** Has all garbage collected. */
  void collectGarbage() {
    assertThat(Pinger.ask(port, "/collect")).isEqualTo("collected");
  }

  /** How often garbage was collected, by the JVM's own counters. */
  long collections() {
    Matcher counter =
        Pattern.compile("sun\\.gc\\.collector\\.\\d\\.invocations=(\\d+)")
            .matcher(jcmd("PerfCounter.print"));
    long all = 0;
    int collectors = 0;
    for (; counter.find(); collectors++) {
      all += Long.parseLong(counter.group(1));
    }
    assertThat(collectors).as("collectors that count").isPositive();
    return all;
  }

  private String jcmd(String... command) {
    List<String> all = new ArrayList<>(List.of(jcmd().toString(), Long.toString(pid)));
    all.addAll(List.of(command));
    Child child = Child.run("jcmd", DUMP_PATIENCE, new ProcessBuilder(all));
    String said = String.join("\n", child.lines());
    if (child.awaitEnd(DUMP_PATIENCE) != 0) {
      throw new IllegalStateException("jcmd " + pid + " " + List.of(command) + ": " + said);
    }
    return said;
  }

  private static Path jcmd() {
    for (int version : new int[] {17, 21, 25}) {
      Path home = Java.home(version);
      if (home != null && Files.isExecutable(home.resolve("bin/jcmd"))) {
        return home.resolve("bin/jcmd");
      }
    }
    throw new IllegalStateException("no jcmd on this machine; install a JDK");
  }

  @Override
  public void close() {
    if (engine != null && process.alive()) {
      engine.run("kill", "--signal=KILL", container);
      process.awaitEnd(Duration.ofSeconds(30));
    }
    process.close();
  }
}
