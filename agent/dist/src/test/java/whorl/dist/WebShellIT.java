package whorl.dist;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import whorl.evidence.Alert;
import whorl.evidence.EventLine;

/**
 * An intruder injects classes into running servers through a request, by each known technique, and
 * registers them: the evidence names each with what it is registered as, and has its bytes exactly
 * as they were defined. Meanwhile no thread of the application loads a class of the agent; {@link
 * ClassLoadIT} says why.
 */
class WebShellIT {
  private static final Map<String, Attack> ATTACKS =
      Map.of(
          "tomcat",
          attack(
              "TomcatApp",
              "tomcat10",
              List.of(
                  "filter reflection ShellFilter /shell-filter",
                  "servlet loader ShellServlet /shell-servlet",
                  "valve lookup ShellValve",
                  "listener hidden ShellListener",
                  "thread unsafe ShellThread resident",
                  "timer reflection ShellTimer resident-timer",
                  "websocket loader ShellSocket /shell-socket",
                  "upgrade-protocol lookup ShellUpgrade",
                  "upgrade-protocol hidden ShellMappedUpgrade mapped-shell"),
              List.of(
                  "filter ShellFilter",
                  "servlet ShellServlet",
                  "valve ShellValve",
                  "listener ShellListener",
                  "websocket ShellSocket",
                  "upgrade-protocol ShellUpgrade")),
          "jetty",
          attack(
              "JettyApp",
              "jetty12",
              List.of(
                  "filter unsafe ShellFilter /shell-filter",
                  "servlet reflection ShellServlet /shell-servlet",
                  "jetty-handler loader ShellHandler",
                  "listener hidden ShellListener"),
              List.of("filter ShellFilter", "servlet ShellServlet", "jetty-handler ShellHandler")),
          "undertow",
          attack(
              "UndertowApp",
              "undertow23",
              List.of(
                  "filter reflection ShellFilter /shell-filter",
                  "undertow-handler lookup ShellHttpHandler",
                  "servlet hidden ShellServlet /shell-servlet"),
              List.of(
                  "filter ShellFilter",
                  "undertow-handler ShellHttpHandler",
                  "servlet ShellServlet")),
          "jdk",
          attack(
              "JdkApp",
              "",
              List.of(
                  "jdk-handler hidden ShellJdk /shell-context", "filter loader ShellJdkFilter /"),
              List.of("jdk-handler ShellJdk")),
          "spring",
          attack(
              "BootApp",
              "boot-tomcat",
              List.of(
                  "spring-mapping reflection ShellController /shell-mapping",
                  "interceptor loader ShellInterceptor",
                  "spring-mapping lookup ShellUrlHandler /shell-url",
                  "spring-mapping reflection ShellPatternHandler /shell-pattern"),
              List.of("spring-mapping ShellController", "spring-mapping ShellUrlHandler")),
          "reactive",
          attack(
              "ReactiveApp",
              "boot-webflux",
              List.of(
                  "web-filter lookup ShellWebFilter",
                  "netty-handler reflection ShellPipe shell-pipe",
                  "netty-configurer loader ShellConfigurer"),
              List.of()));

  @TempDir Path folder;

  /**
   * What is injected into one application.
   *
   * @param expected findings: kind, origin, class, and the target if it is reported
   * @param events whorl.Registration events: kind and class
   */
  record Attack(AppProgram program, List<String> expected, List<String> events) {}

  private static Attack attack(
      String source, String libraries, List<String> expected, List<String> events) {
    return new Attack(
        new AppProgram(
            source,
            libraries.isEmpty() ? List.of() : List.of(libraries),
            expected.stream().map(text -> text.split(" ")[2]).toList()),
        expected,
        events);
  }

  static Stream<Arguments> attacks() throws IOException {
    List<Arguments> attacks = new ArrayList<>();
    for (String name : ATTACKS.keySet().stream().sorted().toList()) {
      for (Jdk jdk : Jdk.inTurn(attacks.size(), 17)) {
        attacks.add(Arguments.of(jdk, name));
      }
    }
    return attacks.stream();
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("attacks")
  void broughtClasses_areFoundWhereTheyServe_withTheirBytes(Jdk jdk, String name) throws Exception {
    Attack attack = ATTACKS.get(name);

    Path logs = folder.resolve("logs");
    InjectedApp app;
    ClassLoads loads;
    try (ThreadNames names = new ThreadNames()) {
      app = InjectedApp.run(folder, jdk, attack.program(), true, ClassLoads.options(logs));
      loads = ClassLoads.read(logs, names.seen());
    }

    loads.assertAgentsOwnThreadsLoadedIt();
    for (String expected : attack.expected()) {
      String[] parts = expected.split(" ", 4);
      JsonNode line =
          app.finding(parts[0], parts[2])
              .orElseThrow(
                  () ->
                      new AssertionError(
                          "no finding " + expected + " among " + texts(app) + app.err()));
      assertThat(line.path("origin").asText()).as(expected).isEqualTo(parts[1]);
      assertThat(app.kept(line)).as(expected).isEqualTo(app.brought(parts[2]));
      assertThat(line.path("stack").toString())
          .as(expected)
          .containsAnyOf("Injected.define", "BootApp$Greeting.inject");
      if (parts.length > 3) {
        assertThat(line.path("findings").toString()).as(expected).contains(parts[3]);
      }
    }
    assertThat(app.findings()).allSatisfy(text -> assertThat(text).containsAnyOf(brought(attack)));
    assertChain(app, attack);
    for (String event : attack.events()) {
      String[] parts = event.split(" ");
      assertThat(app.events("whorl.Registration"))
          .as(event)
          .anySatisfy(
              seen -> {
                assertThat(seen.fields().get("kind")).isEqualTo(parts[0]);
                assertThat(String.valueOf(seen.fields().get("className"))).startsWith(parts[1]);
              });
    }
  }

  /**
   * The alert names the request; the findings about it are in the order of time: entry point,
   * class, registration, and what the intruder did then.
   */
  private static void assertChain(InjectedApp app, Attack attack) throws IOException {
    List<Alert> alerts = app.alerts();
    Alert alert =
        alerts.stream()
            .filter(one -> "/inject".equals(one.fields().get("request.path")))
            .findFirst()
            .orElseThrow(() -> new AssertionError("no alert of the request in " + alerts));
    Object request = alert.fields().get("request.id");
    List<EventLine> chain =
        Kept.events(app.evidence()).stream()
            .filter(event -> Objects.equals(event.fields().get("request.id"), request))
            .sorted(Comparator.comparing(EventLine::time).thenComparing(EventLine::sequence))
            .toList();
    int at = next(chain, 0, "whorl.Deserialization", "type", "Injected$Letter");
    at = next(chain, at, "whorl.ClassDefine", "className", attack.program().shells().get(0));
    if (!attack.events().isEmpty()) {
      at = next(chain, at, "whorl.Registration", "kind", attack.events().get(0).split(" ")[0]);
    }
    at = next(chain, at, "whorl.ProcessStart", "command", "/bin/true carry-on");
    at = next(chain, at, "whorl.FileOpen", "path", "loot.txt");
    at = next(chain, at, "whorl.SocketConnect", "address", "127.0.0.1");
    next(chain, at, "whorl.HttpRequest", "path", "/inject");
  }

  /** Where the next such event is, from this position on. */
  private static int next(List<EventLine> chain, int from, String type, String field, String part) {
    for (int i = from; i < chain.size(); i++) {
      EventLine event = chain.get(i);
      if (event.type().equals(type) && String.valueOf(event.fields().get(field)).contains(part)) {
        return i + 1;
      }
    }
    throw new AssertionError(
        "no "
            + type
            + " of "
            + part
            + " after "
            + from
            + " in "
            + chain.stream().map(event -> event.type() + event.fields()).toList());
  }

  private static String[] brought(Attack attack) {
    return attack.program().shells().toArray(new String[0]);
  }

  private static String texts(InjectedApp app) {
    try {
      return String.join("\n", app.findings()) + "\n" + app.registrations();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
