package whorl.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
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
 * a lock that the JDK takes in the other order, it stops the application for ever. {@link
 * WebShellIT} looks at the same in attacked servers.
 */
class ClassLoadIT {
  private static final String EXIT_IS_CAPTURED = "-Dwhorl.capture.on-exit=abnormal";

  @TempDir Path folder;

  static Stream<Jdk> jdks() throws IOException {
    return Jdk.nextOf(ClassLoadIT.class);
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

  @ParameterizedTest(name = "{0}")
  @MethodSource("jdks")
  void applicationThatUsesLibraries_loadsNoClassOfTheAgent(Jdk jdk) throws Exception {
    AppProgram program = new AppProgram("LibrariesApp", List.of("libraries"), List.of());
    try (ThreadNames names = new ThreadNames()) {
      InjectedApp.run(folder, jdk, program, false, options());

      assertLoadsNone(names);
    }
  }

  private String[] options() throws IOException {
    return ClassLoads.options(folder.resolve("logs"));
  }

  private void assertLoadsNone(ThreadNames names) throws IOException {
    ClassLoads.read(folder.resolve("logs"), names.seen()).assertAgentsOwnThreadsLoadedIt();
  }
}
