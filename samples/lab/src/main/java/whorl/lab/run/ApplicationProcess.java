package whorl.lab.run;

import java.io.File;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.lab.cases.CaseDescriptor;
import whorl.lab.prepare.CasePlan;
import whorl.lab.verdict.DatadogEvents;

/** The application with the agent. */
final class ApplicationProcess implements AutoCloseable {
  static final int PORT = 8080;
  static final URI ADDRESS = URI.create("http://127.0.0.1:" + PORT);
  private static final int CONNECT_MILLIS = 500;
  private static final int READ_MILLIS = 5_000;

  private final ProcessBuilder builder;
  private final Path output;
  private final CaseDescriptor descriptor;
  private ChildProcess process;
  private boolean startedAgain;

  private ApplicationProcess(ProcessBuilder builder, Path output, CaseDescriptor descriptor)
      throws IOException {
    this.builder = builder;
    this.output = output;
    this.descriptor = descriptor;
    this.process = ChildProcess.start("application", builder, output);
  }

  static ApplicationProcess start(CasePlan plan, String token) throws IOException {
    CaseDescriptor descriptor = plan.descriptor();
    Path work = Path.of(plan.work());
    List<String> command = new ArrayList<>();
    command.add(Path.of(plan.javaHome(), "bin", "java").toString());
    if (descriptor.jvm().stream().noneMatch(option -> option.startsWith("-Xmx"))) {
      command.add("-Xmx384m");
    }
    if (plan.captureAfterSeconds() > 0) {
      command.add("-XX:TieredStopAtLevel=1"); // the short form's applications live for seconds
    }
    descriptor.jvm().forEach(option -> command.add(filled(option, plan)));
    command.add("-Duser.home=" + work.resolve("home"));
    command.add("-Dlab.port=" + PORT);
    command.add("-Dlab.work=" + plan.work());
    command.addAll(List.of("-cp", plan.classPath(), plan.mainClass()));
    descriptor.arguments().forEach(argument -> command.add(filled(argument, plan)));
    ProcessBuilder builder = new ProcessBuilder(command).directory(work.resolve("app").toFile());
    environment(builder.environment(), plan, token);
    return new ApplicationProcess(builder, work.resolve("app.log"), descriptor);
  }

  private static void environment(Map<String, String> variables, CasePlan plan, String token) {
    variables.put("JAVA_HOME", plan.javaHome());
    switch (plan.watcher()) {
      case WHORL -> agent(variables, plan, token);
      case DATADOG -> DatadogEvents.configure(variables, plan.agentJar());
      case NONE -> {}
    }
    plan.descriptor()
        .environment()
        .forEach((name, value) -> variables.put(name, filled(value, plan)));
  }

  private static void agent(Map<String, String> variables, CasePlan plan, String token) {
    variables.put(
        "JAVA_TOOL_OPTIONS", "-javaagent:" + plan.agentJar() + " -XX:+StartAttachListener");
    variables.put("WHORL_COLLECTOR_URL", CollectorProcess.ADDRESS.toString());
    variables.put("WHORL_COLLECTOR_TOKEN", token);
    // one of its own: what a JVM leaves behind is for the next one of the same service
    variables.put("WHORL_SERVICE_NAME", String.valueOf(Path.of(plan.work()).getFileName()));
    if (plan.captureAfterSeconds() > 0) {
      variables.put("WHORL_CAPTURE_AFTER", plan.captureAfterSeconds() + "s");
    }
  }

  private static String filled(String text, CasePlan plan) {
    return text.replace("@work@", plan.work())
        .replace("@port@", Integer.toString(PORT))
        .replace("@cp@", plan.classPath())
        .replace("@java@", plan.javaHome() + File.separator + "bin" + File.separator + "java");
  }

  /** Waits until its port is open and the path that shows that it is ready answers. */
  void awaitReady() throws IOException, InterruptedException {
    int seconds = descriptor.startSeconds();
    Waiting.until("open port of the application", seconds, this::open);
    String path = descriptor.ready();
    if (path != null) {
      Waiting.until("answer of the application at " + path, seconds, () -> answers(path));
    }
  }

  private @Nullable Boolean answers(String path) throws IOException {
    if (open() == null) {
      return null;
    }
    HttpURLConnection connection =
        (HttpURLConnection) ADDRESS.resolve(path).toURL().openConnection();
    connection.setReadTimeout(READ_MILLIS);
    try {
      return connection.getResponseCode() < HttpURLConnection.HTTP_BAD_REQUEST ? true : null;
    } catch (SocketException | SocketTimeoutException notYet) {
      return null;
    } finally {
      connection.disconnect();
    }
  }

  private @Nullable Boolean open() throws IOException {
    if (!process.alive()
        && !startedAgain
        && descriptor.startAgainOn() != 0
        && process.exitValue() == descriptor.startAgainOn()) {
      startedAgain = true;
      process = ChildProcess.start("application", builder, output);
    }
    if (!process.alive()) {
      throw new IOException(
          "the application ended with " + process.exitValue() + "; " + process.tail());
    }
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", PORT), CONNECT_MILLIS);
      return true;
    } catch (java.net.ConnectException notYet) {
      return null;
    }
  }

  boolean alive() {
    return process.alive();
  }

  List<String> lines() throws IOException {
    return process.lines();
  }

  String tail() throws IOException {
    return process.tail();
  }

  @Override
  public void close() {
    process.close();
  }
}
