package whorl.agent.hook.versions;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.awaitility.Awaitility;

/**
 * A server in a JVM of its own with the agent, which gets two requests.
 *
 * @param output what it printed
 * @param requests how many requests its evidence holds
 * @param said whether the evidence says that hooks are not there
 */
record ServerRun(String output, long requests, boolean said) {
  private static final Path SOURCES = Path.of("src/test/resources/servers");
  private static final long LIMIT_SECONDS = 120;

  static ServerRun of(Coordinates server, List<Path> libraries, Path javaHome, Path folder)
      throws Exception {
    String program = program(server);
    Path classes = Files.createDirectories(folder.resolve("classes"));
    String classPath = classes + File.pathSeparator + joined(libraries);
    compile(program, isJavax(server), classPath, classes, folder);
    Path evidence = folder.resolve("evidence");
    List<String> command =
        List.of(
            javaHome.resolve("bin/java").toString(),
            "-Djava.io.tmpdir=" + Files.createDirectories(folder.resolve("tmp")),
            "-Ddone=" + folder.resolve("done"),
            "-javaagent:"
                + agent()
                + "=capture.on-exit=never,capture.after=0s,heap=off,evidence.dir="
                + evidence
                + ",recording.dir="
                + Files.createDirectories(folder.resolve("recording")),
            "-cp",
            classPath,
            program);
    Path output = folder.resolve("output.txt");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("WHORL_"));
    builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
    Process process = builder.start();
    Awaitility.await()
        .atMost(LIMIT_SECONDS, TimeUnit.SECONDS)
        .until(() -> !process.isAlive() || isSealed(evidence));
    Files.createFile(folder.resolve("done"));
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
    long requests = 0;
    boolean said = false;
    for (Path file : files(evidence)) {
      if (file.endsWith("events.ndjson")) {
        requests +=
            Files.readAllLines(file).stream()
                .filter(line -> line.contains("whorl.HttpRequest") && line.contains("/hello"))
                .count();
      } else if (file.endsWith("process.json") || file.endsWith("acquisition.log")) {
        said |= Files.readString(file).contains("not found: [");
      }
    }
    return new ServerRun(Files.readString(output), requests, said);
  }

  /** The program of the test resources that runs this server. */
  private static String program(Coordinates server) {
    int major = Integer.parseInt(server.version().replaceFirst("\\..*", ""));
    return switch (server.artifactId()) {
      case "vertx-core" -> major < 4 ? "Vertx3" : "Vertx5";
      case "tomcat-embed-core" -> "TomcatOne";
      case "jetty-server" -> major < 12 ? "JettyOne" : "Jetty12One";
      case "undertow-core" -> "UndertowOne";
      case "reactor-netty", "reactor-netty-http" -> "ReactorOne";
      default -> throw new IllegalArgumentException("no program for " + server);
    };
  }

  /** Whether it knows the servlet API by its old name. */
  private static boolean isJavax(Coordinates server) {
    int major = Integer.parseInt(server.version().replaceFirst("\\..*", ""));
    return server.artifactId().startsWith("jetty") ? major < 11 : major < 10;
  }

  private static void compile(
      String program, boolean javax, String classPath, Path classes, Path folder)
      throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of("-proc:none", "-nowarn", "--release", "17", "-cp", classPath, "-d"));
    arguments.add(classes.toString());
    for (String source : List.of("Asked", program)) {
      String text = Files.readString(SOURCES.resolve(source + ".java"));
      Path file = folder.resolve(source + ".java");
      Files.writeString(file, javax ? text.replace("jakarta.servlet", "javax.servlet") : text);
      arguments.add(file.toString());
    }
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, arguments.toArray(new String[0]));
    if (status != 0) {
      throw new IllegalStateException(program + " cannot be compiled with " + classPath);
    }
  }

  private static String joined(List<Path> libraries) {
    return String.join(File.pathSeparator, libraries.stream().map(Path::toString).toList());
  }

  private static Path agent() {
    Path jar = Path.of("../dist/target/whorl-agent.jar").toAbsolutePath().normalize();
    if (!Files.exists(jar)) {
      throw new IllegalStateException("no agent jar at " + jar + "; package first");
    }
    return jar;
  }

  private static boolean isSealed(Path evidence) throws IOException {
    for (Path file : files(evidence)) {
      if (file.endsWith("manifest.dsse.json")) {
        return true;
      }
    }
    return false;
  }

  private static List<Path> files(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).toList();
    } catch (UncheckedIOException moved) { // evidence that is being written; look again
      return List.of();
    }
  }
}
