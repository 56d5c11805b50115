package whorl.agent.life;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunMarkerTest {
  private static final RunRecord LIFE =
      new RunRecord(
          "shop in prod",
          7,
          Instant.parse("2026-01-02T03:04:05Z"),
          Path.of("/app"),
          Path.of("/tmp"),
          "/logs/err_%p.log",
          null);

  @TempDir Path folder;

  @Test
  void lockedMarker_isNotTaken() throws Exception {
    RunMarker mark = RunMarker.create(folder, "a1", LIFE);

    assertThat(RunMarker.takeOrphaned(folder, "shop in prod")).isEmpty();
    mark.remove();
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void orphanedMarker_isTakenOnceWithItsContent() throws Exception {
    RunRecord runRecord = LIFE.withRecording(Path.of("/dev/shm/2026_1"));
    writeOrphan("a1", runRecord);
    writeOrphan(
        "a2", new RunRecord("other", 8, Instant.EPOCH, Path.of("/"), Path.of("/"), null, null));

    assertThat(RunMarker.takeOrphaned(folder, "shop in prod")).containsExactly(runRecord);
    assertThat(RunMarker.takeOrphaned(folder, "shop in prod")).isEmpty();
  }

  @Test
  void malformedMarkers_keepNoOtherFromBeingTaken() throws Exception {
    for (int i = 0; i < 10; i++) {
      Files.writeString(folder.resolve("whorl-life-bad" + i + ".properties"), "pid=\\u12\n");
      writeOrphan("good" + i, LIFE);
    }

    assertThat(RunMarker.takeOrphaned(folder, "shop in prod")).hasSize(10).containsOnly(LIFE);
  }

  @Test
  void foreignMarker_isIgnored() throws Exception {
    Files.writeString(folder.resolve("whorl-life-x.properties"), "workload=shop in prod\npid=x\n");
    Files.createSymbolicLink(
        folder.resolve("whorl-life-y.properties"), folder.resolve("whorl-life-x.properties"));

    assertThat(RunMarker.takeOrphaned(folder, "shop in prod")).isEmpty();
    assertThat(folder.resolve("whorl-life-x.properties")).exists();
  }

  @Test
  void remains_areFoundWhereHotSpotWritesThem() throws Exception {
    Path log = Files.writeString(folder.resolve("err_7.log"), "# SIGSEGV");
    Files.writeString(folder.resolve("hs_err_pid7.jfr"), "FLR");
    RunRecord runRecord =
        new RunRecord(
            "w", 7, Instant.now(), folder, Path.of("/nowhere"), folder + "/err_%p.log", null);

    assertThat(CrashRemains.of(runRecord).errorLog()).isEqualTo(log);
    assertThat(CrashRemains.of(runRecord).emergencyDump())
        .isEqualTo(folder.resolve("hs_err_pid7.jfr"));
    RunRecord later =
        new RunRecord(
            "w", 7, Instant.now().plusSeconds(600), folder, folder, folder + "/err_%p.log", null);
    assertThat(CrashRemains.of(later).crashed()).isFalse();
  }

  private void writeOrphan(String agent, RunRecord runRecord) throws Exception {
    try (var out = Files.newOutputStream(folder.resolve("whorl-life-" + agent + ".properties"))) {
      runRecord.toProperties().store(out, null);
    }
  }
}
