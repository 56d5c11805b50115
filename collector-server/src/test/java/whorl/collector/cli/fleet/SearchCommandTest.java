package whorl.collector.cli.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import whorl.collector.cli.CliRun;
import whorl.collector.cli.FakeCollector;
import whorl.collector.cli.terminal.ExitStatus;

class SearchCommandTest {
  @Test
  void eventOfAJournal_isListedWithItsTimeAndItsAgent() throws Exception {
    try (FakeCollector collector = new FakeCollector()) {
      collector.on(
          "GET /api/v1/search",
          "{'q':'/tmp/.x','values':[],'agents':[],'events':[{'agent':'agent-0001','sequence':7,"
              + "'time':'2026-11-24T11:00:00Z','type':'whorl.FileOpen',"
              + "'fields':{'path':'/tmp/.x'}}],'cut':false}");
      CliRun cli = new CliRun();

      assertThat(cli.run(collector, "search", "/tmp/.x")).isEqualTo(ExitStatus.DONE);

      assertThat(cli.out().lines().toList().get(1))
          .startsWith("whorl.FileOpen")
          .contains("2026-11-24 11:00:00Z")
          .endsWith("agent-0001");
    }
  }
}
