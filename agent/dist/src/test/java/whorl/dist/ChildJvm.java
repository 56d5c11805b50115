package whorl.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs a program of {@code whorl.dist.program} in a JVM of its own. */
final class ChildJvm {
  private static final long LIMIT_SECONDS = 120;

  private static final String QUICK = System.getProperty("whorl.tests.jvm", "");

  private final Path java;
  private final List<String> options =
      new ArrayList<>(QUICK.isBlank() ? List.of() : List.of(QUICK.split(" ")));
  private final Map<String, String> environment = new LinkedHashMap<>();
  private @Nullable Path directory;
  private String classPath = Path.of("target/test-classes").toAbsolutePath().toString();

  ChildJvm(Path javaHome) {
    this.java = javaHome.resolve("bin/java");
  }

  /** What a run left behind. */
  record Outcome(int exitStatus, String out, String err) {}

  static Path agentJar() {
    Path jar = Path.of(System.getProperty("whorl.agent.jar", "target/whorl-agent.jar"));
    if (!Files.exists(jar)) {
      throw new IllegalStateException(
          "no agent jar at " + jar.toAbsolutePath() + "; package first");
    }
    return jar.toAbsolutePath();
  }

  ChildJvm withAgent() {
    return option("-javaagent:" + agentJar());
  }

  /** As users run it, also where it ends long before it is compiled well. */
  ChildJvm fullyCompiled() {
    options.removeAll(List.of(QUICK.split(" ")));
    return this;
  }

  ChildJvm option(String... more) {
    options.addAll(Arrays.asList(more));
    return this;
  }

  ChildJvm variable(String name, String value) {
    environment.put(name, value);
    return this;
  }

  ChildJvm in(Path folder) {
    directory = folder;
    return this;
  }

  /** All that the tests have on theirs, libraries included. */
  ChildJvm withTestClassPath() {
    classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return this;
  }

  /** Another one than that of the test programs. */
  ChildJvm withClassPath(String other) {
    classPath = other;
    return this;
  }

  /** The libraries of the module old-libraries, for attacks and engines, beside the programs. */
  ChildJvm withOldLibraries() {
    classPath += ":" + TestLibraries.folder("old-libraries") + "/*";
    return this;
  }

  Outcome run(Class<?> program, String... arguments) throws IOException, InterruptedException {
    return run(program.getName(), arguments);
  }

  /** Runs the program of this class name. */
  Outcome run(String program, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(java.toString()));
    command.addAll(options);
    command.addAll(List.of("-cp", classPath));
    command.add(program);
    command.addAll(Arrays.asList(arguments));
    return run(command);
  }

  Outcome run(List<String> command) throws IOException, InterruptedException {
    Path out = Files.createTempFile("whorl-child", ".out");
    Path err = Files.createTempFile("whorl-child", ".err");
    try {
      ProcessBuilder builder = new ProcessBuilder(command);
      if (directory != null) {
        builder.directory(directory.toFile());
      }
      builder.environment().keySet().removeIf(name -> name.startsWith("WHORL_"));
      builder.environment().remove("JAVA_TOOL_OPTIONS");
      builder.environment().remove("JDK_JAVA_OPTIONS");
      builder.environment().putAll(environment);
      Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
        throw new IllegalStateException(
            "did not end within "
                + LIMIT_SECONDS
                + " s: "
                + command
                + "\n"
                + Files.readString(err));
      }
      return new Outcome(process.exitValue(), Files.readString(out), Files.readString(err));
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }
}
