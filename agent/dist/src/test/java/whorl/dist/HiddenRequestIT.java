package whorl.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import whorl.evidence.EventLine;

/**
 * Requests that are padded, encoded or spelled so that a rule might miss them raise the same alert
 * as the plain one, on every server.
 */
class HiddenRequestIT {
  private static final String LOOKUP = "Request with a JNDI Expression";
  private static final String COMMAND = "Request with a Command in a Parameter";

  /** How the request's path begins, and the rule. */
  private static final Map<String, String> EXPECTED = new LinkedHashMap<>();

  static {
    EXPECTED.put("/secret", LOOKUP);
    EXPECTED.put("/encoded", LOOKUP);
    EXPECTED.put("/twice", LOOKUP);
    EXPECTED.put("/padded", COMMAND);
    EXPECTED.put("/many", COMMAND);
    EXPECTED.put("/agent", LOOKUP);
    EXPECTED.put("/absolute", COMMAND);
    EXPECTED.put("/parameter", COMMAND);
  }

  @TempDir Path folder;

  static Stream<ServerProgram> servers() {
    return Stream.of(
        new ServerProgram("", "JdkServer", false),
        new ServerProgram("tomcat10", "TomcatServer", false),
        new ServerProgram("jetty11", "JettyServer", false),
        new ServerProgram("jetty12", "Jetty12Server", false),
        new ServerProgram("undertow23", "UndertowServer", false),
        new ServerProgram("reactor", "ReactorServer", false),
        new ServerProgram("vertx", "VertxServer", false));
  }

  @ParameterizedTest
  @MethodSource("servers")
  void request_howeverHidden_raisesTheAlertOfThePlainOne(ServerProgram server) throws Exception {
    String classPath = server.compile(folder.resolve("program"));
    Kept.Run run =
        new Kept(folder)
            .run(
                new ChildJvm(Path.of(System.getProperty("java.home")))
                    .withClassPath(classPath)
                    .option("-Dhidden=true")
                    .variable("WHORL_START_PATIENCE", "0s")
                    .variable("WHORL_HEAP", "off")
                    .variable("WHORL_CAPTURE_AFTER", "60s")
                    .variable("WHORL_CAPTURE_ON_EXIT_LIMIT", "60s"),
                server.source());
    assertThat(run.evidence()).as(run.outcome().err()).isNotNull();
    List<EventLine> events = Kept.events(run.evidence());

    List<String> missing = new ArrayList<>();
    EXPECTED.forEach(
        (path, rule) -> {
          if (events.stream()
              .noneMatch(
                  event ->
                      event.type().equals("whorl.Alert")
                          && rule.equals(event.fields().get("title"))
                          && String.valueOf(event.fields().get("request.path")).startsWith(path))) {
            missing.add(path + ": " + rule);
          }
        });
    assertThat(missing)
        .as(
            "%s: %s",
            server,
            events.stream().filter(event -> event.type().equals("whorl.HttpRequest")).toList())
        .isEmpty();
  }
}
