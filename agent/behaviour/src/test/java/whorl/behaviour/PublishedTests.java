package whorl.behaviour;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Enumeration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The tests that a library's authors published, run in a JVM of their own.
 *
 * @param library its folder below {@code target/published}; where there is none, it is on this
 *     module's class path
 * @param jar how the name of the jar with the tests begins
 * @param included classes, as a regular expression
 * @param excluded classes of those; they take long, or would talk to elsewhere
 * @param passedAtLeast how many of them pass without the agent, at the least
 */
record PublishedTests(
    String library, String jar, String included, String excluded, int passedAtLeast) {
  private static final long LIMIT_SECONDS = 600;
  private static final Path PUBLISHED = Path.of("target/published");

  /** Goes before the command: tests that others wrote reach no network but loopback. */
  private static final List<String> WITHOUT_NETWORK = withoutNetwork();

  /** What the tests of every library need: JUnit, Mockito and their own. */
  private static final Pattern TOOLS =
      Pattern.compile(
          ".*/(junit-|opentest4j|apiguardian|jspecify|mockito-|byte-buddy|objenesis|hamcrest"
              + "|assertj-|awaitility).*");

  @Override
  public String toString() {
    return library;
  }

  private static List<String> withoutNetwork() {
    String loopback = "ip link set lo up";
    try {
      int status = new ProcessBuilder("unshare", "--net", "sh", "-c", loopback).start().waitFor();
      return status == 0
          ? List.of("unshare", "--net", "sh", "-c", loopback + "; exec \"$@\"", "sh")
          : List.of();
    } catch (IOException noSuchTool) {
      return List.of();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whether the agent is there. */
  enum With {
    AGENT,
    NOTHING
  }

  /** Runs all of them. */
  Outcomes run(Path javaHome, With with, Path folder) throws Exception {
    return run(
        javaHome,
        with,
        folder,
        List.of("--scan-classpath=" + tests(), "-n=" + included, "-N=" + excluded));
  }

  /** Runs these methods of them alone. */
  Outcomes again(Path javaHome, With with, Path folder, Collection<String> methods)
      throws Exception {
    List<String> classes =
        methods.stream().map(method -> "-c=" + method.split("#")[0]).distinct().toList();
    return run(javaHome, with, folder, classes);
  }

  private Outcomes run(Path javaHome, With with, Path folder, List<String> selection)
      throws Exception {
    Path work = Files.createDirectories(folder.resolve("work"));
    // Where the authors' own build has what the tests read.
    unpackResources(work.resolve("src/test/resources"));
    Files.createDirectories(work.resolve("target"));
    Path temporary = Files.createDirectories(folder.resolve("tmp"));
    List<String> command = new ArrayList<>(WITHOUT_NETWORK);
    command.add(javaHome.resolve("bin/java").toString());
    command.add("-Djava.io.tmpdir=" + temporary);
    if (with == With.AGENT) {
      command.add(
          "-javaagent:"
              + agent()
              + "=evidence.dir="
              + folder.resolve("evidence")
              + ",recording.dir="
              + Files.createDirectories(folder.resolve("recording")));
    }
    command.addAll(List.of("-cp", work.resolve("src/test/resources") + ":" + classPath()));
    command.addAll(List.of("org.junit.platform.console.ConsoleLauncher", "execute"));
    command.addAll(selection);
    command.addAll(List.of("--details=none", "--disable-banner"));
    command.add("--reports-dir=" + folder.resolve("reports"));
    ProcessBuilder builder = new ProcessBuilder(command).directory(work.toFile());
    builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
    Path said = folder.resolve("output.txt");
    Process process = builder.redirectErrorStream(true).redirectOutput(said.toFile()).start();
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
      throw new IllegalStateException(jar + " did not end within " + LIMIT_SECONDS + " s");
    }
    if (!Files.isDirectory(folder.resolve("reports"))) {
      throw new IllegalStateException("no reports: " + Files.readString(said));
    }
    return Outcomes.read(folder.resolve("reports"));
  }

  private void unpackResources(Path folder) throws IOException {
    try (JarFile file = new JarFile(tests().toFile())) {
      for (Enumeration<JarEntry> entries = file.entries(); entries.hasMoreElements(); ) {
        JarEntry entry = entries.nextElement();
        Path target = folder.resolve(entry.getName()).normalize();
        if (entry.isDirectory()
            || entry.getName().endsWith(".class")
            || entry.getName().startsWith("META-INF/")
            || !target.startsWith(folder)) {
          continue;
        }
        Files.createDirectories(target.getParent());
        try (InputStream in = file.getInputStream(entry)) {
          Files.copy(in, target);
        }
      }
    }
  }

  private Path tests() {
    return libraryPath().stream()
        .map(Path::of)
        .filter(entry -> entry.getFileName().toString().startsWith(jar))
        .filter(
            entry -> jar.startsWith("netty-testsuite") || entry.toString().endsWith("-tests.jar"))
        .findFirst()
        .orElseThrow();
  }

  private static Path agent() {
    return classPathEntries().stream()
        .filter(PublishedTests::isAgent)
        .map(entry -> Path.of(entry).toAbsolutePath())
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no agent jar; package first"));
  }

  private String classPath() {
    return String.join(File.pathSeparator, libraryPath());
  }

  /** The library's own folder first, so that its versions win. */
  private List<String> libraryPath() {
    Path folder = PUBLISHED.resolve(library);
    List<String> path = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (Stream<Path> jars = Files.list(folder)) {
        jars.map(file -> file.toAbsolutePath().toString()).sorted().forEach(path::add);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    boolean own = !path.isEmpty();
    classPathEntries().stream()
        .filter(entry -> !isAgent(entry))
        .filter(entry -> !own || TOOLS.matcher(entry).matches())
        .forEach(path::add);
    return path;
  }

  private static boolean isAgent(String entry) {
    return entry.contains("whorl-agent");
  }

  private static List<String> classPathEntries() {
    String all =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return Arrays.stream(all.split(File.pathSeparator))
        .filter(entry -> entry.endsWith(".jar"))
        .toList();
  }
}
