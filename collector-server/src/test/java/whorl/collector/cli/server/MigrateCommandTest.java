package whorl.collector.cli.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import whorl.collector.cli.CliRun;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.config.MigrateConfig;
import whorl.collector.migrate.MoveOutcome;

class MigrateCommandTest {
  private static final String[] WHOLE = {
    "migrate",
    "--data",
    "/data",
    "--records",
    "jdbc:postgresql://db/whorl",
    "--objects",
    "s3://bucket"
  };

  @Test
  void missingOptions_areNamedTogether() {
    CliRun run = new CliRun();
    assertThat(run.run("migrate", "--back")).isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(run.err())
        .contains("--records: the database that the collectors share")
        .contains("--objects: where the collectors share evidence")
        .contains("--custody-key: --back needs");
    CliRun folder = new CliRun();
    assertThat(folder.run("migrate", "--records", "/other", "--objects", "http://x"))
        .isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(folder.err()).contains("--records:", "--objects:");
  }

  @Test
  void outcome_isASummary_orJson() {
    AtomicReference<MigrateConfig> given = new AtomicReference<>();
    CliRun run =
        new CliRun()
            .mover(
                (config, watcher) -> {
                  given.set(config);
                  watcher.doing("carrying evidence");
                  watcher.bytes(5, 10);
                  return outcome(List.of());
                });
    assertThat(run.run(WHOLE)).isEqualTo(ExitStatus.DONE);
    assertThat(given.get().data()).isEqualTo(Path.of("/data"));
    assertThat(given.get().back()).isFalse();
    assertThat(run.out())
        .contains("moved /data to there", "3 pieces of evidence", "checkpoint 7 ab", "records: 4");
    assertThat(run.err()).contains("carrying evidence");
    CliRun json = new CliRun().mover((config, watcher) -> outcome(List.of()));
    assertThat(json.run(with("--json"))).isEqualTo(ExitStatus.DONE);
    assertThat(json.out()).contains("\"evidence\" : 3", "\"journal\" : 4");
  }

  @Test
  void problems_areNamed_withStatus3_andAFailureWithItsRemedy() {
    CliRun damaged =
        new CliRun().mover((config, watcher) -> outcome(List.of("evidence x: it is damaged")));
    assertThat(damaged.run(WHOLE)).isEqualTo(ExitStatus.VERIFICATION_FAILED);
    assertThat(damaged.out()).contains("problem: evidence x: it is damaged");
    CliRun failed =
        new CliRun()
            .mover(
                (config, watcher) -> {
                  throw new IOException("the database is away; start it", new IOException("cause"));
                });
    assertThat(failed.run(WHOLE)).isEqualTo(ExitStatus.FAILED);
    assertThat(failed.err()).contains("not moved: the database is away; start it");
  }

  private static String[] with(String option) {
    String[] all = java.util.Arrays.copyOf(WHOLE, WHOLE.length + 1);
    all[WHOLE.length] = option;
    return all;
  }

  private static MoveOutcome outcome(List<String> problems) {
    return new MoveOutcome(
        "/data",
        "there",
        false,
        3,
        3,
        10,
        2,
        1,
        7,
        "7 ab",
        Map.of("journal", 4L),
        problems,
        List.of("start the collectors"));
  }
}
