package whorl.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import whorl.evidence.EventLine;

/**
 * Applications that were not attacked give no finding, no alert, and no registration after their
 * start.
 */
@Tag("long")
class OrdinaryAppsIT {
  private static final List<AppProgram> APPS =
      List.of(
          app("BootApp", "boot-tomcat"),
          app("BootApp", "boot-jetty"),
          app("BootApp", "boot-undertow"),
          app("ReactiveApp", "boot-webflux"),
          app("TomcatApp", "tomcat10"),
          app("JettyApp", "jetty12"),
          app("UndertowApp", "undertow23"),
          app("JdkApp"),
          app("LibrariesApp", "libraries"));

  /** The rule that fires when the application reads its own environment at its end. */
  private static final String CAPTURING = "Environment of a Process Read from Proc";

  /**
   * Mocks of classes make the JVM load an agent into itself, by a program that is started and a jar
   * in the temporary folder. Intruders do the same, so these are no false alarms.
   */
  private static final Set<String> ATTACHING =
      Set.of(
          "Process Started by the Application",
          "Agent Loaded into the Running JVM",
          "Agent from a Writable Folder",
          "JVM Began to Listen for Attaching Tools",
          "Executable Dropped into a Writable Folder");

  private static final Set<String> MISPLACED = Set.of("forged-source", "altered");
  private static final Set<String> JDK_LOADERS = Set.of("bootstrap", "platform");

  @TempDir Path folder;

  static Stream<Arguments> apps() throws IOException {
    List<Arguments> apps = new ArrayList<>();
    for (AppProgram app : APPS) {
      for (Jdk jdk : Jdk.inTurn(apps.size(), 17)) {
        apps.add(Arguments.of(jdk, app));
      }
    }
    return apps.stream();
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("apps")
  void ordinaryApplication_givesNoFinding(Jdk jdk, AppProgram program) throws Exception {
    InjectedApp app = InjectedApp.run(folder, jdk, program, false);

    assertThat(app.findings()).isEmpty();
    assertThat(app.events("whorl.Registration")).isEmpty();
    // The one that ends the run is asked for; each other would be a false alarm.
    assertThat(app.events("whorl.Alert"))
        .isNotEmpty()
        .allMatch(alert -> isExpected(alert.fields().get("title"), program), CAPTURING);
    for (EventLine event : app.events("whorl.ClassDefine")) {
      boolean expected =
          event.fields().containsKey("generator")
              || !MISPLACED.contains(String.valueOf(event.fields().get("origin")))
                  && !JDK_LOADERS.contains(String.valueOf(event.fields().get("loader")));
      assertThat(expected).as(event.toString()).isTrue();
    }
    assertThat(app.events("whorl.ProcessStart"))
        .noneMatch(event -> event.fields().containsKey("origin"));
    // It was looked at, indeed.
    assertThat(app.registrations()).isNotEmpty();
    assertThat(app.classes()).hasSizeGreaterThan(500);
  }

  private static boolean isExpected(@Nullable Object title, AppProgram program) {
    return CAPTURING.equals(title)
        || program.source().equals("LibrariesApp") && ATTACHING.contains(String.valueOf(title));
  }

  private static AppProgram app(String source, String... libraries) {
    return new AppProgram(source, List.of(libraries), List.of());
  }
}
