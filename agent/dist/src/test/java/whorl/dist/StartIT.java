package whorl.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import whorl.dist.program.Hello;
import whorl.dist.program.Leak;
import whorl.dist.program.Visible;

/** The agent starts without a trace but one line, and stays out of the application's sight. */
class StartIT {
  static Stream<Jdk> jdks() throws IOException {
    return Jdk.installed().stream();
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void output_withTheAgent_isOneLineMore(Jdk jdk) throws Exception {
    ChildJvm.Outcome without = new ChildJvm(jdk.home()).run(Hello.class, "a", "b");
    ChildJvm.Outcome with = new ChildJvm(jdk.home()).withAgent().run(Hello.class, "a", "b");

    assertThat(with.exitStatus()).isEqualTo(without.exitStatus()).isEqualTo(2);
    assertThat(with.out()).isEqualTo(without.out());
    List<String> lines = with.err().lines().toList();
    assertThat(lines).hasSize(without.err().lines().toList().size() + 1);
    assertThat(lines.get(0)).startsWith("whorl: ");
    assertThat(lines.subList(1, lines.size())).isEqualTo(without.err().lines().toList());
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void wovenClasses_passTheVerifier(Jdk jdk) throws Exception {
    ChildJvm.Outcome outcome =
        new ChildJvm(jdk.home())
            .option("-XX:+UnlockDiagnosticVMOptions", "-XX:+BytecodeVerificationLocal")
            .option("-Dwhorl.recording.dir=/no/such/folder")
            .withAgent()
            .run(Hello.class);

    assertThat(outcome.exitStatus()).isZero();
    assertThat(outcome.err().lines()).hasSize(2);
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void application_seesNothingOfOursButTheBootstrap(Jdk jdk) throws Exception {
    ChildJvm.Outcome outcome =
        new ChildJvm(jdk.home())
            .withAgent()
            .run(
                Visible.class,
                "whorl.boot.Agent",
                "whorl.agent.AgentStarter",
                "whorl.evidence.Json",
                "io.netty.channel.Channel",
                "com.fasterxml.jackson.databind.ObjectMapper",
                "org.slf4j.Logger",
                "net.bytebuddy.jar.asm.ClassReader",
                "org.snakeyaml.engine.v2.api.Load",
                "whorl/recording.properties",
                "META-INF/services/org.slf4j.spi.SLF4JServiceProvider");

    assertThat(outcome.out().lines().filter(line -> line.endsWith("=true")))
        .containsExactly("whorl.boot.Agent=true");
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void undeployedApplication_isLetGo(Jdk jdk) throws Exception {
    ChildJvm.Outcome outcome =
        new ChildJvm(jdk.home()).withAgent().option("-Xmx128m").run(Leak.class);

    assertThat(outcome.out()).as(outcome.err()).isEqualToIgnoringNewLines("let go\n");
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void classDataSharing_staysOn(Jdk jdk) throws Exception {
    ChildJvm.Outcome outcome =
        new ChildJvm(jdk.home()).withAgent().option("-Xlog:class+load:stdout").run(Hello.class);

    assertThat(outcome.out().lines().filter(line -> line.contains("shared objects file")).count())
        .isGreaterThan(400);
  }

  /** Mapping the archive and linking lambdas would take a quarter of the time before main. */
  @ParameterizedTest
  @MethodSource("jdks")
  void beforeMain_allClassesComeFromTheBundle_andNoLambdaIsLinked(Jdk jdk) throws Exception {
    ChildJvm.Outcome outcome =
        new ChildJvm(jdk.home()).withAgent().option("-Xlog:class+load:stdout:tid").run(Hello.class);

    // The agent's own thread, which does not delay main, may link what it likes.
    String mainThread =
        outcome
            .out()
            .lines()
            .filter(line -> line.contains(Hello.class.getName()))
            .map(line -> line.substring(0, line.indexOf(']') + 1))
            .findFirst()
            .orElseThrow();
    List<String> beforeMain =
        outcome
            .out()
            .lines()
            .takeWhile(line -> !line.contains(Hello.class.getName()))
            .filter(line -> line.startsWith(mainThread) && line.contains(" whorl."))
            .toList();
    assertThat(beforeMain).hasSizeGreaterThan(100);
    assertThat(beforeMain).noneMatch(line -> line.contains(" whorl.boot.MappedJar "));
    assertThat(beforeMain).noneMatch(line -> line.contains("$$Lambda"));
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void typos_areNamedInTheLine_andTheApplicationRuns(Jdk jdk) throws Exception {
    ChildJvm.Outcome outcome =
        new ChildJvm(jdk.home())
            .option("-javaagent:" + ChildJvm.agentJar() + "=capture.after=soon,heap=maybe")
            .variable("WHORL_COLLECTOR_TOKEN", "secret-that-must-not-show")
            .run(Hello.class);

    assertThat(outcome.exitStatus()).isZero();
    assertThat(outcome.err().lines().findFirst().orElseThrow())
        .contains("capture.after=soon", "heap=maybe")
        .doesNotContain("secret-that-must-not-show");
  }

  @Test
  void disabled_saysNothing() throws Exception {
    ChildJvm.Outcome outcome =
        new ChildJvm(Path.of(System.getProperty("java.home")))
            .withAgent()
            .variable("WHORL_ENABLED", "false")
            .run(Hello.class);

    assertThat(outcome.err().lines()).containsExactly("to the other stream");
  }

  @Test
  void jdkTools_areLeftAlone() throws Exception {
    Path home = Path.of(System.getProperty("java.home"));
    ChildJvm.Outcome outcome =
        new ChildJvm(home)
            .variable("JAVA_TOOL_OPTIONS", "-javaagent:" + ChildJvm.agentJar())
            .run(List.of(home.resolve("bin/keytool").toString(), "-list", "-help"));

    assertThat(outcome.err() + outcome.out()).doesNotContain("whorl:");
  }

  @Test
  void collectorThatIsNotThere_doesNotDelayTheEnd() throws Exception {
    long before = System.nanoTime();
    ChildJvm.Outcome outcome =
        new ChildJvm(Path.of(System.getProperty("java.home")))
            .withAgent()
            .variable("WHORL_COLLECTOR_URL", "http://127.0.0.1:9")
            .run(Hello.class);

    assertThat(outcome.exitStatus()).isZero();
    assertThat((System.nanoTime() - before) / 1_000_000_000L).isLessThan(20);
  }

  @Test
  void install_copiesTheJar() throws Exception {
    Path folder = Files.createTempDirectory("whorl-install");
    Path home = Path.of(System.getProperty("java.home"));
    ChildJvm.Outcome outcome =
        new ChildJvm(home)
            .run(
                List.of(
                    home.resolve("bin/java").toString(),
                    "-jar",
                    ChildJvm.agentJar().toString(),
                    "--install",
                    folder.toString()));

    assertThat(outcome.exitStatus()).as(outcome.err()).isZero();
    assertThat(folder.resolve("whorl-agent.jar")).hasSameBinaryContentAs(ChildJvm.agentJar());
  }
}
