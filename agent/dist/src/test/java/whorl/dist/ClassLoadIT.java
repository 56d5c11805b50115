package whorl.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import whorl.dist.program.Activities;
import whorl.dist.program.Busy;
import whorl.dist.program.Entrances;
import whorl.dist.program.Hello;
import whorl.dist.program.Leaver;

/**
 * No class of the agent is loaded by a thread of the application once the hooks are armed. Such a
 * load takes locks of the agent's loader under whatever locks the application holds; together with
 * a lock that the JDK takes in the other order, it stops the application for ever.
 */
class ClassLoadIT {
  private static final String EXIT_IS_CAPTURED = "-Dwhorl.capture.on-exit=abnormal";

  @TempDir Path folder;

  private static final List<AppProgram> APPS =
      List.of(
          app(
              "BootApp",
              "boot-tomcat",
              "ShellController",
              "ShellInterceptor",
              "ShellUrlHandler",
              "ShellPatternHandler"),
          app("ReactiveApp", "boot-webflux", "ShellWebFilter", "ShellPipe", "ShellConfigurer"),
          app(
              "TomcatApp",
              "tomcat10",
              "ShellFilter",
              "ShellServlet",
              "ShellValve",
              "ShellListener",
              "ShellThread",
              "ShellTimer",
              "ShellSocket",
              "ShellUpgrade",
              "ShellMappedUpgrade"),
          app(
              "JettyApp",
              "jetty12",
              "ShellFilter",
              "ShellServlet",
              "ShellHandler",
              "ShellListener"),
          app("UndertowApp", "undertow23", "ShellFilter", "ShellHttpHandler", "ShellServlet"),
          app("JdkApp", "", "ShellJdk", "ShellJdkFilter"),
          app("LibrariesApp", "libraries"));

  private static AppProgram app(String source, String libraries, String... shells) {
    return new AppProgram(
        source, libraries.isEmpty() ? List.of() : List.of(libraries), List.of(shells));
  }

  static Stream<Jdk> jdks() throws IOException {
    return Jdk.nextOf(ClassLoadIT.class);
  }

  static Stream<Arguments> apps() throws IOException {
    List<Arguments> apps = new ArrayList<>();
    for (int i = 0; i < APPS.size(); i++) {
      for (Jdk jdk : Jdk.inTurn(i, 17)) {
        apps.add(Arguments.of(jdk, APPS.get(i)));
      }
    }
    return apps.stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("jdks")
  void programThatEndsAtOnce_loadsNoClassOfTheAgent(Jdk jdk) throws Exception {
    try (ThreadNames names = new ThreadNames()) {
      new ChildJvm(jdk.home()).withAgent().option(options()).run(Hello.class);

      assertLoadsNone(names);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("jdks")
  void programThatFailsAndIsCaptured_loadsNoClassOfTheAgent(Jdk jdk) throws Exception {
    try (ThreadNames names = new ThreadNames()) {
      new ChildJvm(jdk.home())
          .withAgent()
          .variable("WHORL_EVIDENCE_DIR", folder.resolve("kept").toString())
          .option(options())
          .run(Hello.class, "a", "b", "c");

      assertThat(folder.resolve("kept")).isNotEmptyDirectory();
      assertLoadsNone(names);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("jdks")
  void threadsThatWorkWhileTheAgentStarts_loadNoClassOfTheAgent(Jdk jdk) throws Exception {
    try (ThreadNames names = new ThreadNames()) {
      Kept.Run run =
          new Kept(folder)
              .run(new ChildJvm(jdk.home()).option(options()).option(EXIT_IS_CAPTURED), Busy.class);

      assertThat(run.outcome().exitStatus()).as(run.outcome().err()).isEqualTo(3);
      assertLoadsNone(names);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("jdks")
  void everyOperationThatIsHooked_loadsNoClassOfTheAgent(Jdk jdk) throws Exception {
    try (ThreadNames names = new ThreadNames()) {
      new Kept(folder).run(new ChildJvm(jdk.home()).option(options()), Activities.class);

      assertLoadsNone(names);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("jdks")
  void everyOperationOnAVirtualThread_loadsNoClassOfTheAgent(Jdk jdk) throws Exception {
    org.junit.jupiter.api.Assumptions.assumeTrue(jdk.feature() >= 21, "no virtual threads");
    try (ThreadNames names = new ThreadNames()) {
      new Kept(folder)
          .run(
              new ChildJvm(jdk.home()).option(options()).option("-Dvirtual=true"),
              Activities.class);

      assertLoadsNone(names);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("jdks")
  void everyWayIn_loadsNoClassOfTheAgent(Jdk jdk) throws Exception {
    try (ThreadNames names = new ThreadNames();
        LdapAnswer ldap = new LdapAnswer()) {
      new Kept(folder)
          .run(
              new ChildJvm(jdk.home()).option(options()).option("-Dldap=" + ldap.port()),
              Entrances.class);

      assertLoadsNone(names);
    }
  }

  static Stream<Arguments> ends() throws IOException {
    return jdks()
        .flatMap(jdk -> Stream.of("uncaught", "signal").map(way -> Arguments.of(jdk, way)));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("ends")
  void endWithAnAlertThatIsNotSealedYet_loadsNoClassOfTheAgent(Jdk jdk, String way)
      throws Exception {
    try (ThreadNames names = new ThreadNames()) {
      new Kept(folder)
          .run(
              new ChildJvm(jdk.home())
                  .option(options())
                  .option("-Dway=" + way, "-Dalert=true", "-Dwhorl.capture.after=60s")
                  .option(EXIT_IS_CAPTURED),
              Leaver.class);

      assertLoadsNone(names);
    }
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("apps")
  void attackedApplication_loadsNoClassOfTheAgent(Jdk jdk, AppProgram program) throws Exception {
    try (ThreadNames names = new ThreadNames()) {
      InjectedApp.run(folder, jdk, program, !program.shells().isEmpty(), options());

      assertLoadsNone(names);
    }
  }

  private String[] options() throws IOException {
    return ClassLoads.options(folder.resolve("logs"));
  }

  private void assertLoadsNone(ThreadNames names) throws IOException {
    ClassLoads loads = ClassLoads.read(folder.resolve("logs"), names.seen());
    assertThat(loads.agentClasses()).isGreaterThan(100);
    assertThat(loads.agentClassesOnOtherThreads()).isEmpty();
  }
}
