package whorl.collector.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static whorl.collector.fleet.channel.FleetRig.agent;
import static whorl.collector.probe.ProbeRig.ADMIN;
import static whorl.collector.probe.ProbeRig.OF_SHOP;
import static whorl.collector.probe.ProbeRig.ONE;
import static whorl.collector.probe.ProbeRig.asked;
import static whorl.collector.probe.ProbeRig.ended;
import static whorl.collector.probe.ProbeRig.running;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import whorl.collector.fleet.channel.FleetRig.Wire;
import whorl.collector.fleet.channel.OneOfSeveral;
import whorl.collector.http.request.FakeRequest;
import whorl.collector.testkit.EachEngine;

/** Two collectors on the same records: each asks the agents whose channels it has. */
class ProbesOfTwoCollectorsTest extends EachEngine {
  private ProbeRig first;
  private ProbeRig second;

  @BeforeEach
  void open() throws IOException {
    first = collector("first");
    second = collector("second");
  }

  private ProbeRig collector(String name) throws IOException {
    return new ProbeRig(folder, OneOfSeveral.open(one, time, name), OneOfSeveral.SILENT);
  }

  @AfterEach
  void closeCustody() throws Exception {
    for (ProbeRig each : List.of(first, second)) {
      each.custody.close();
      each.fleet.notifications.close();
    }
  }

  private void work(int seconds) throws IOException {
    for (int i = 0; i < seconds; i++) {
      time.pass(Duration.ofSeconds(1));
      first.probes.work();
      second.probes.work();
    }
  }

  @Test
  void probe_reachesTheAgentsOfBoth_andOneOfThemWritesItsEnd() throws IOException {
    Wire here = first.connect(agent(1));
    Wire there = second.connect(agent(2));

    String probe = first.start(OF_SHOP);
    work(11);
    here.say(running(probe, 1));
    there.say(running(probe, 2));
    here.say(ended(probe, "its time is over", true));
    there.say(ended(probe, "its time is over", true));
    work(3);

    assertThat(asked(here)).hasSize(1);
    assertThat(asked(there)).hasSize(1);
    assertThat(second.calls(probe)).hasSize(3);
    assertThat(second.show(probe).path("state").asText()).isEqualTo("ended");
    assertThat(first.inCustody().size() + second.inCustody().size())
        .as("its begin, and its end once")
        .isEqualTo(2);
  }

  @Test
  void endAtOne_reachesTheAgentsOfTheOther() throws IOException {
    Wire there = second.connect(agent(2));
    String probe = first.start(OF_SHOP);
    work(11);
    there.say(running(probe, 1));
    work(1);

    FakeRequest.delete(ONE).at("id", probe).by(ADMIN).json(first.routes);
    work(11);

    assertThat(ended(there)).hasSize(1);
  }
}
