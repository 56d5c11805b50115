package whorl.dist;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import whorl.dist.program.Unwatched;
import whorl.evidence.Json;

/** {@code java -jar whorl-agent.jar attach} loads the agent into JVMs that run without it. */
class AttachIT {
  private static final Path OWN_HOME = Path.of(System.getProperty("java.home"));
  private static final long LIMIT_SECONDS = 100;

  @TempDir Path folder;

  static Stream<Jdk> jdks() throws IOException {
    return Jdk.installed().stream();
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void jvmThatRunsWithoutTheAgent_isWatchedFromThenOn_andItsEvidenceSaysSo(Jdk jdk)
      throws Exception {
    try (Target target = start(new ChildJvm(jdk.home()))) {
      ChildJvm.Outcome attached = attach(OWN_HOME, target.settings());
      ChildJvm.Outcome again = attach(OWN_HOME, target.settings());
      target.go();
      Path evidence = target.awaitEvidence();
      ChildJvm.Outcome ended = target.end();

      assertThat(attached.exitStatus()).as(attached.err()).isZero();
      assertThat(attached.out())
          .startsWith(target.pid() + " ")
          .contains(": attached: ", "watches this JVM", "not connected: no collector is set");
      assertThat(again.exitStatus()).isEqualTo(1);
      assertThat(again.err()).contains("refused: the agent is already in this JVM", "remedy: ");
      assertThat(ended.exitStatus()).as(ended.err()).isZero();
      assertThat(ended.out()).isEqualToIgnoringNewLines("no shell");
      assertThat(ended.err().lines().filter(line -> !line.startsWith("WARNING: ")))
          .satisfiesExactly(line -> assertThat(line).startsWith("whorl: "));
      assertThat(ended.err().lines().filter(line -> line.startsWith("WARNING: ")).count())
          .isEqualTo(jdk.feature() >= 21 ? 4 : 0);

      new Seen(Kept.events(evidence)).one("whorl.ProcessStart", Map.of());
      JsonNode manifest = Json.MAPPER.readTree(evidence.resolve("manifest.json").toFile());
      assertThat(manifest.path("missing").toString())
          .contains("what was before 20", "loaded into the running JVM");
      assertThat(Files.readString(evidence.resolve("acquisition.log")))
          .contains("# not in this evidence: what was before 20");
      JsonNode checks =
          Json.MAPPER.readTree(evidence.resolve("process.json").toFile()).path("checks");
      assertThat(checks.path("lateStart").asText()).startsWith("loaded into the running JVM ");
      assertThat(Path.of(checks.path("agentJar").asText()).getParent()).doesNotExist();
    }
  }

  @Test
  void twoAtOnce_oneLoadsIt_andTheApplicationPrintsNoThreadDump() throws Exception {
    try (Target target = start(new ChildJvm(OWN_HOME))) {
      List<CompletableFuture<ChildJvm.Outcome>> both = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        both.add(
            CompletableFuture.supplyAsync(
                () -> {
                  try {
                    return attach(OWN_HOME, target.settings());
                  } catch (Exception e) {
                    throw new IllegalStateException(e);
                  }
                }));
      }
      ChildJvm.Outcome first = both.get(0).get(LIMIT_SECONDS, TimeUnit.SECONDS);
      ChildJvm.Outcome second = both.get(1).get(LIMIT_SECONDS, TimeUnit.SECONDS);
      target.go();
      ChildJvm.Outcome ended = target.end();

      assertThat(first.exitStatus() + second.exitStatus())
          .as(first.err() + second.err())
          .isEqualTo(1);
      assertThat(first.err() + second.err()).contains("the agent is already in this JVM");
      assertThat(ended.out()).isEqualToIgnoringNewLines("no shell");
      assertThat(ended.err().lines().filter(line -> line.startsWith("whorl: "))).hasSize(1);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "-XX:+DisableAttachMechanism, the JVM runs with -XX:+DisableAttachMechanism",
    "-XX:-EnableDynamicAgentLoading, the JVM runs with -XX:-EnableDynamicAgentLoading",
  })
  void jvmThatAllowsNoAgent_isRefused_andUnharmed(String option, String reason) throws Exception {
    try (Target target = start(new ChildJvm(OWN_HOME).option(option))) {
      ChildJvm.Outcome refused = attach(OWN_HOME, target.settings());
      target.go();
      ChildJvm.Outcome ended = target.end();

      assertThat(refused.exitStatus()).isEqualTo(1);
      assertThat(refused.err()).contains("refused: " + reason, "  remedy: ");
      assertThat(ended.exitStatus()).isZero();
      assertThat(ended.out()).isEqualToIgnoringNewLines("no shell");
      assertThat(ended.err()).isEmpty();
    }
  }

  /** The smallest image attaches to others, and cannot load an agent itself. */
  @Test
  void imageOfJavaBaseAlone_attaches_andIsRefusedAsTarget() throws Exception {
    Path image = folder.resolve("image");
    Path home = Jdk.withJlink().get(0).home();
    ChildJvm.Outcome linked =
        new ChildJvm(home)
            .run(
                List.of(
                    home.resolve("bin/jlink").toString(),
                    "--add-modules",
                    "java.base",
                    "--output",
                    image.toString()));
    assertThat(linked.exitStatus()).as(linked.out() + linked.err()).isZero();

    try (Target target = start(new ChildJvm(image))) {
      ChildJvm.Outcome refused = attach(OWN_HOME, target.settings());
      target.go();
      assertThat(target.end().exitStatus()).isZero();
      assertThat(refused.exitStatus()).isEqualTo(1);
      assertThat(refused.err()).contains("the JVM did not load the agent", "java.instrument");
    }
    Files.delete(folder.resolve("pid"));
    Files.delete(folder.resolve("go"));
    Files.delete(folder.resolve("done"));
    try (Target target = start(new ChildJvm(OWN_HOME))) {
      ChildJvm.Outcome attached = attach(image, target.settings());
      target.go();
      assertThat(target.end().exitStatus()).isZero();
      assertThat(attached.exitStatus()).as(attached.err()).isZero();
    }
  }

  @Test
  void programThatIsNoJvm_processThatIsNotThere_wrongUsage() throws Exception {
    Process sleeping = new ProcessBuilder("sleep", "100").start();
    try {
      assertRefused(sleeping.pid(), "is no JVM");
    } finally {
      sleeping.destroyForcibly().waitFor();
    }
    assertRefused(sleeping.pid(), "there is no process " + sleeping.pid());

    ChildJvm.Outcome wrong = attach(OWN_HOME, List.of("1"));
    assertThat(wrong.exitStatus()).isEqualTo(2);
    assertThat(wrong.err()).contains("no --collector", "--token-file FILE");
    ChildJvm.Outcome help = attach(OWN_HOME, List.of("--help"));
    assertThat(help.exitStatus()).isZero();
    assertThat(help.out()).contains("attach PID…|--all");
  }

  private void assertRefused(long pid, String reason) throws Exception {
    ChildJvm.Outcome refused =
        attach(OWN_HOME, List.of("" + pid, "--set", "evidence.dir=" + folder));
    assertThat(refused.exitStatus()).isEqualTo(1);
    assertThat(refused.err()).contains("refused: ", reason, "  remedy: ");
  }

  private static ChildJvm.Outcome attach(Path javaHome, List<String> arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                javaHome.resolve("bin/java").toString(),
                "-jar",
                ChildJvm.agentJar().toString(),
                "attach"));
    command.addAll(arguments);
    return new ChildJvm(javaHome).run(command);
  }

  private Target start(ChildJvm jvm) throws IOException {
    CompletableFuture<ChildJvm.Outcome> running =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return jvm.option("-Xmx256m").run(Unwatched.class, folder.toString());
              } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    Path pid = folder.resolve("pid");
    Awaitility.await()
        .atMost(LIMIT_SECONDS, TimeUnit.SECONDS)
        .until(() -> running.isDone() || Files.exists(pid));
    return new Target(folder, Long.parseLong(Files.readString(pid)), running);
  }

  /** A JVM that runs without the agent until it is attached to. */
  private record Target(Path folder, long pid, CompletableFuture<ChildJvm.Outcome> running)
      implements AutoCloseable {
    List<String> settings() {
      return List.of(
          "" + pid,
          "--set",
          "evidence.dir=" + folder.resolve("kept"),
          "--set=capture.after=2s",
          "--set=capture.on-exit=never",
          "--set",
          "recording.dir=" + folder);
    }

    void go() throws IOException {
      Files.createFile(folder.resolve("go"));
    }

    Path awaitEvidence() throws IOException {
      Awaitility.await().atMost(LIMIT_SECONDS, TimeUnit.SECONDS).until(() -> sealed() != null);
      return Objects.requireNonNull(sealed());
    }

    private @Nullable Path sealed() throws IOException {
      return Kept.sealed(folder.resolve("kept"));
    }

    ChildJvm.Outcome end() throws Exception {
      Files.createFile(folder.resolve("done"));
      return running.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws IOException {
      for (String signal : List.of("go", "done")) {
        Path file = folder.resolve(signal);
        if (!Files.exists(file)) {
          Files.createFile(file);
        }
      }
    }
  }
}
