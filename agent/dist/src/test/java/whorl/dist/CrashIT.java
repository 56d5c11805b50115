package whorl.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import whorl.dist.program.Crasher;
import whorl.evidence.Json;
import whorl.evidence.Level;
import whorl.evidence.Manifest;

/** The next JVM of the same workload reports one that was killed, with what it left behind. */
class CrashIT {
  /** HotSpot's own exit status if it must not write a core. */
  private static final int CRASHED = 1;

  private static final int SIGKILL = 137;

  @TempDir Path folder;

  static Stream<Jdk> jdks() throws IOException {
    return Jdk.nextOf(CrashIT.class);
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void crash_isAnAlertOfTheNextStart_withErrorLogAndRecording(Jdk jdk) throws Exception {
    assertThat(first(jdk, "fault").exitStatus()).isEqualTo(CRASHED);
    Kept.Run next = life(jdk, "");

    assertThat(next.evidence()).as(next.outcome().toString()).isNotNull();
    Manifest manifest = manifest(next.evidence());
    assertThat(manifest.alert().rule()).isEqualTo("jvm.crashed");
    assertThat(manifest.alert().level()).isEqualTo(Level.HIGH);
    assertThat(manifest.reason()).contains("The JVM before this one crashed: SIGSEGV");
    assertThat(Files.readString(next.evidence().resolve("hs_err.log")))
        .contains("A fatal error has been detected by the Java Runtime Environment")
        .contains("whorl.dist.program.Crasher.main");
    assertRecording(next.evidence());
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void kill_isAnAlertOfTheNextStart_withRecording_onceOnly(Jdk jdk) throws Exception {
    assertThat(first(jdk, "kill").exitStatus()).isEqualTo(SIGKILL);
    Kept.Run next = life(jdk, "");

    assertThat(next.evidence()).as(next.outcome().toString()).isNotNull();
    assertThat(manifest(next.evidence()).alert().rule()).isEqualTo("jvm.killed");
    assertThat(next.evidence().resolve("hs_err.log")).doesNotExist();
    assertRecording(next.evidence());
    try (Stream<Path> left = Files.list(folder.resolve("own"))) {
      assertThat(left).noneMatch(file -> String.valueOf(file.getFileName()).contains("life"));
    }
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void haltOrEndInGoodOrder_leavesNoMark(Jdk jdk) throws Exception {
    assertThat(first(jdk, "halt").exitStatus()).isZero();

    try (Stream<Path> left = Files.list(folder.resolve("own"))) {
      assertThat(left).noneMatch(file -> String.valueOf(file.getFileName()).contains("life"));
    }
  }

  private ChildJvm.Outcome first(Jdk jdk, String way) throws Exception {
    Kept.Run run = life(jdk, way);
    assertThat(run.evidence()).isNull();
    Files.delete(folder.resolve("work").resolve("done"));
    return run.outcome();
  }

  private Kept.Run life(Jdk jdk, String way) throws Exception {
    Path work = Files.createDirectories(folder.resolve("work"));
    return new Kept(folder)
        .run(
            new ChildJvm(jdk.home())
                .in(work)
                .option("-Dway=" + way, "-XX:-CreateCoredumpOnCrash", "-Djava.io.tmpdir=" + work),
            Crasher.class);
  }

  private static void assertRecording(Path evidence) throws IOException {
    assertThat(RecordingFile.readAllEvents(evidence.resolve("previous.jfr")))
        .anyMatch(
            event ->
                event.getEventType().getName().equals("whorl.Console")
                    && "the last thing that was said".equals(event.getString("line")));
  }

  private static Manifest manifest(Path evidence) throws IOException {
    return Json.MAPPER.readValue(evidence.resolve("manifest.json").toFile(), Manifest.class);
  }
}
