package whorl.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import whorl.evidence.Alert;
import whorl.evidence.EventLine;
import whorl.evidence.Json;
import whorl.evidence.Manifest;

/**
 * Real servers, each in a JVM of its own: every request is one event, and what is done for it, on
 * whichever thread, carries its id; what is done for none carries none. Requests that hide what
 * they are raise the alert of the plain one.
 */
class RequestIT {
  private static final String REQUEST_ID = "request.id";

  /** Read for a request whose path has another name than the file. */
  private static final Map<String, String> FILES = Map.of("forward", "forwarded");

  @TempDir Path folder;

  /**
   * A server.
   *
   * @param failure what it answers when a handler throws
   * @param more the paths that only it serves
   * @param hidden whether it gets {@link HiddenRequests} too: one of those that read requests alike
   */
  private record Server(
      ServerProgram program, String name, int failure, List<String> more, boolean hidden) {
    @Override
    public String toString() {
      return program.toString();
    }
  }

  static List<Server> servers() {
    List<String> servlet = List.of("async", "dispatch", "forward");
    List<String> servletHttp2 = List.of("async", "dispatch", "forward", "http2");
    List<String> plain = List.of("async");
    List<String> plainHttp2 = List.of("async", "http2");
    List<String> plainSocket = List.of("async", "http2", "socket");
    return List.of(
        new Server(new ServerProgram("", "JdkServer", false), "jdk", -1, plain, true),
        new Server(
            new ServerProgram("tomcat9", "TomcatServer", true),
            "tomcat/9",
            500,
            servletHttp2,
            false),
        new Server(
            new ServerProgram("tomcat10", "TomcatServer", false),
            "tomcat/10.1",
            500,
            servletHttp2,
            true),
        new Server(
            new ServerProgram("tomcat11", "TomcatServer", false),
            "tomcat/11",
            500,
            servletHttp2,
            false),
        new Server(
            new ServerProgram("jetty9", "JettyServer", true), "jetty/9.4", 500, servlet, false),
        new Server(
            new ServerProgram("jetty11", "JettyServer", false), "jetty/11", 500, servlet, true),
        new Server(
            new ServerProgram("jetty12", "Jetty12Server", false), "jetty/12", 500, servlet, true),
        new Server(
            new ServerProgram("undertow22", "UndertowServlets", true),
            "undertow/2.2",
            500,
            servletHttp2,
            false),
        new Server(
            new ServerProgram("undertow23", "UndertowServlets", false),
            "undertow/2.3",
            500,
            servletHttp2,
            false),
        new Server(
            new ServerProgram("undertow23", "UndertowServer", false),
            "undertow/2.3",
            500,
            plain,
            true),
        new Server(
            new ServerProgram("reactor", "ReactorServer", false),
            "reactor",
            500,
            plainSocket,
            true),
        new Server(
            new ServerProgram("vertx", "VertxServer", false), "vertx", 500, plainHttp2, true));
  }

  static Stream<Arguments> serversAndJdks() throws IOException {
    List<Arguments> all = new ArrayList<>();
    for (Server server : servers()) {
      // The JDK's own differs from one to the next.
      boolean differs = server.name().equals("jdk");
      for (Jdk jdk : differs ? Jdk.installed() : Jdk.inTurn(all.size(), 17)) {
        all.add(Arguments.of(server, jdk));
      }
    }
    return all.stream();
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("serversAndJdks")
  void requests_areEventsAndWhatIsDoneForThemCarriesTheirIds(Server server, Jdk jdk)
      throws Exception {
    String classPath = server.program().compile(folder.resolve("program"));
    Kept.Run run =
        new Kept(folder)
            .run(
                new ChildJvm(jdk.home())
                    .withClassPath(classPath)
                    .option("-Dhidden=" + server.hidden())
                    .variable("WHORL_START_PATIENCE", "0s")
                    .variable("WHORL_HEAP", "off")
                    .variable("WHORL_CAPTURE_AFTER", "60s")
                    .variable("WHORL_CAPTURE_ON_EXIT_LIMIT", "60s"),
                server.program().source());
    assertThat(run.evidence()).as(run.outcome().err()).isNotNull();
    List<EventLine> events = Kept.events(run.evidence());
    Alert alert =
        Json.MAPPER
            .readValue(run.evidence().resolve("manifest.json").toFile(), Manifest.class)
            .alert();
    assertThat(alert.fields())
        .containsEntry("request.method", "GET")
        .containsEntry("request.path", "/environ")
        .containsKey(REQUEST_ID);

    assertRequestsAreOnce(server, jdk, events);
    for (String name : names(server, jdk)) {
      String id = request(events, "/" + name).fields().get(REQUEST_ID).toString();
      EventLine read = read(events, FILES.getOrDefault(name, name));
      assertThat(read.fields()).as(name + " on " + read.thread()).containsEntry(REQUEST_ID, id);
      assertThat(read.fields()).containsEntry("request.path", "/" + name);
    }
    for (String name :
        List.of("before", "outside", "outside-pool", "outside-timed", "outside-fork")) {
      assertThat(read(events, name).fields()).doesNotContainKey(REQUEST_ID);
    }
    assertThat(server.hidden() ? HiddenRequests.withoutAlert(events) : List.of())
        .as(
            "%s: %s",
            server,
            events.stream().filter(event -> event.type().equals("whorl.HttpRequest")).toList())
        .isEmpty();
  }

  private static void assertRequestsAreOnce(Server server, Jdk jdk, List<EventLine> events) {
    List<String> names = names(server, jdk);
    List<Object> paths = new ArrayList<>();
    for (EventLine event : requests(events)) {
      paths.add(event.fields().get("path"));
      Map<String, Object> fields = event.fields();
      assertThat(fields).containsEntry("method", "GET").containsEntry("userAgent", "asker/1");
      assertThat(fields).containsEntry("forwardedFor", "203.0.113.7");
      assertThat(fields).containsEntry("remoteAddress", "127.0.0.1");
      assertThat(fields.get("server").toString()).startsWith(server.name());
      assertThat(((Number) fields.get("elapsed")).longValue()).isPositive();
      boolean fails = "/fail".equals(fields.get("path"));
      int opened = "/socket".equals(fields.get("path")) ? 101 : 200;
      assertThat(fields).containsEntry("status", fails ? server.failure() : opened);
      if (!fails) {
        assertThat(((Number) fields.getOrDefault("responseBytes", 5)).intValue())
            .isGreaterThanOrEqualTo("-end-".length());
      }
    }
    assertThat(paths)
        .as(paths.toString())
        .containsExactlyInAnyOrderElementsOf(names.stream().map(name -> "/" + name).toList());
    assertThat(requests(events).stream().map(event -> event.fields().get(REQUEST_ID)))
        .doesNotContainNull()
        .doesNotHaveDuplicates();
    assertThat(request(events, "/search").fields().get("query").toString())
        .startsWith("q=1&password=***")
        .doesNotContain("hunter2");
  }

  private static List<String> names(Server server, Jdk jdk) {
    List<String> names =
        new ArrayList<>(
            List.of("plain", "search", "fail", "pool", "timed", "fork", "future", "stage"));
    names.addAll(List.of("invoked", "tasks", "parallel", "thread", "first", "second"));
    names.addAll(server.more());
    if (server.more().contains("http2")) {
      names.add("http2");
    }
    if (jdk.feature() >= 21) {
      names.add("virtual");
    }
    return names;
  }

  /** Without those that raise an alert. */
  private static List<EventLine> requests(List<EventLine> events) {
    return events.stream()
        .filter(event -> event.type().equals("whorl.HttpRequest"))
        .filter(event -> !"/environ".equals(event.fields().get("path")))
        .filter(event -> !HiddenRequests.contains(event.fields().get("path")))
        .toList();
  }

  private static EventLine request(List<EventLine> events, String path) {
    return requests(events).stream()
        .filter(event -> path.equals(event.fields().get("path")))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no request for " + path));
  }

  private static EventLine read(List<EventLine> events, String name) {
    return events.stream()
        .filter(event -> event.type().equals("whorl.FileOpen"))
        .filter(event -> String.valueOf(event.fields().get("path")).endsWith("/" + name + ".txt"))
        .findFirst()
        .orElseThrow(() -> new AssertionError("nobody read " + name));
  }
}
