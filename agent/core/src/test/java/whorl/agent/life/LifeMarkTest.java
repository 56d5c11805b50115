package whorl.agent.life;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LifeMarkTest {
  private static final Life LIFE =
      new Life(
          "shop in prod",
          7,
          Instant.parse("2026-01-02T03:04:05Z"),
          Path.of("/app"),
          Path.of("/tmp"),
          "/logs/err_%p.log",
          null);

  @TempDir Path folder;

  @Test
  void markThatIsHeld_isNobodysToTake() throws Exception {
    LifeMark mark = LifeMark.set(folder, "a1", LIFE);

    assertThat(LifeMark.takeLeft(folder, "shop in prod")).isEmpty();
    mark.remove();
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void markThatWasLeft_isTakenOnce_withAllThatItSays() throws Exception {
    Life life = LIFE.withRecording(Path.of("/dev/shm/2026_1"));
    leave("a1", life);
    leave("a2", new Life("other", 8, Instant.EPOCH, Path.of("/"), Path.of("/"), null, null));

    assertThat(LifeMark.takeLeft(folder, "shop in prod")).containsExactly(life);
    assertThat(LifeMark.takeLeft(folder, "shop in prod")).isEmpty();
  }

  @Test
  void markThatSomebodyElsePutThere_isLeftAlone() throws Exception {
    Files.writeString(folder.resolve("whorl-life-x.properties"), "workload=shop in prod\npid=x\n");
    Files.createSymbolicLink(
        folder.resolve("whorl-life-y.properties"), folder.resolve("whorl-life-x.properties"));

    assertThat(LifeMark.takeLeft(folder, "shop in prod")).isEmpty();
    assertThat(folder.resolve("whorl-life-x.properties")).exists();
  }

  @Test
  void remains_areLookedForWhereHotSpotLeavesThem() throws Exception {
    Path log = Files.writeString(folder.resolve("err_7.log"), "# SIGSEGV");
    Files.writeString(folder.resolve("hs_err_pid7.jfr"), "FLR");
    Life life =
        new Life("w", 7, Instant.now(), folder, Path.of("/nowhere"), folder + "/err_%p.log", null);

    assertThat(Remains.of(life).errorLog()).isEqualTo(log);
    assertThat(Remains.of(life).emergencyDump()).isEqualTo(folder.resolve("hs_err_pid7.jfr"));
    Life later =
        new Life(
            "w", 7, Instant.now().plusSeconds(600), folder, folder, folder + "/err_%p.log", null);
    assertThat(Remains.of(later).crashed()).isFalse();
  }

  private void leave(String agent, Life life) throws Exception {
    try (var out = Files.newOutputStream(folder.resolve("whorl-life-" + agent + ".properties"))) {
      life.toProperties().store(out, null);
    }
  }
}
