package whorl.collector.cli.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import whorl.collector.cli.CliRun;
import whorl.collector.cli.FakeCollector;
import whorl.collector.cli.terminal.ExitStatus;

class CompareCommandTest {
  private static final String BEFORE = "0199f0a2-7c51-7e43-9d5e-0a4b6c2d1e0f";
  private static final String AFTER = "0199f0a2-7c51-7e43-9d5e-0a4b6c2d1e10";

  @Test
  void nothingDiffers_isSaid() throws Exception {
    CliRun cli = new CliRun();
    try (FakeCollector collector = new FakeCollector()) {
      collector.on(
          "GET /api/v1/evidence/" + BEFORE + "/compare",
          FakeCollector.Answer.json(200, "{'differences':[],'kinds':[],'notCompared':[]}"));

      int status = cli.run(collector, "compare", BEFORE, AFTER, "--kind=threads");

      assertThat(status).as(cli.err()).isEqualTo(ExitStatus.NOTHING_MATCHED);
      assertThat(cli.err()).contains("whorl: nothing differs");
    }
  }
}
