package whorl.dist;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
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

/**
 * Somebody brings classes into running servers through a request, in each of the ways there are,
 * and registers them: the evidence names each with what it is registered as, and has its bytes
 * exactly as they were defined.
 */
class WebShellIT {
  private static final Map<String, Attack> ATTACKS =
      Map.of(
          "tomcat",
          new Attack(
              new AppProgram(
                  "TomcatApp",
                  List.of("tomcat10"),
                  List.of(
                      "ShellFilter",
                      "ShellServlet",
                      "ShellValve",
                      "ShellListener",
                      "ShellThread",
                      "ShellTimer")),
              List.of(
                  "filter reflection ShellFilter /shell-filter",
                  "servlet loader ShellServlet /shell-servlet",
                  "valve lookup ShellValve",
                  "listener hidden ShellListener",
                  "thread unsafe ShellThread resident",
                  "timer reflection ShellTimer resident-timer"),
              List.of("filter ShellFilter", "servlet ShellServlet", "valve ShellValve")));

  @TempDir Path folder;

  /**
   * What is brought into one application.
   *
   * @param expected findings: kind, origin, class, and the target where it is told
   * @param events whorl.Registration events: kind and class
   */
  record Attack(AppProgram program, List<String> expected, List<String> events) {}

  static Stream<Arguments> attacks() throws IOException {
    List<Arguments> attacks = new ArrayList<>();
    for (Jdk jdk : Jdk.installed()) {
      if (jdk.feature() != 21) {
        ATTACKS.keySet().stream().sorted().forEach(name -> attacks.add(Arguments.of(jdk, name)));
      }
    }
    return attacks.stream();
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("attacks")
  void broughtClasses_areFoundWhereTheyServe_withTheirBytes(Jdk jdk, String name) throws Exception {
    Attack attack = ATTACKS.get(name);

    InjectedApp app = InjectedApp.run(folder, jdk, attack.program(), true);

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
      assertThat(line.path("stack").toString()).as(expected).contains("Injected.define");
      if (parts.length > 3) {
        assertThat(line.path("findings").toString()).as(expected).contains(parts[3]);
      }
    }
    assertThat(app.findings()).allSatisfy(text -> assertThat(text).containsAnyOf(brought(attack)));
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
