package whorl.collector.hunt;

import static org.assertj.core.api.Assertions.assertThat;
import static whorl.collector.fleet.channel.FleetRig.agent;
import static whorl.collector.hunt.HuntRig.answer;
import static whorl.collector.hunt.HuntRig.asked;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import whorl.collector.fleet.channel.FleetRig.Wire;
import whorl.collector.fleet.channel.OneOfSeveral;
import whorl.collector.testkit.EachEngine;
import whorl.evidence.channel.CollectorMessage;

/** Two collectors on the same records: each asks the agents whose channels it has. */
class HuntsOfTwoCollectorsTest extends EachEngine {
  private static final String CLASS = "{\"class\":{\"name\":\"com.evil.*\"}}";

  private HuntRig first;
  private HuntRig second;

  @BeforeEach
  void open() throws IOException {
    first = collector("first");
    second = collector("second");
  }

  private HuntRig collector(String name) throws IOException {
    return new HuntRig(folder, OneOfSeveral.open(one, time, name), OneOfSeveral.SILENT);
  }

  @AfterEach
  void closeCustody() throws Exception {
    for (HuntRig each : List.of(first, second)) {
      each.custody.close();
      each.fleet.notifications.close();
    }
  }

  private void work(int seconds) throws IOException {
    for (int i = 0; i < seconds; i++) {
      time.pass(Duration.ofSeconds(1));
      first.hunts.work();
      second.hunts.work();
    }
  }

  @Test
  void hunt_reachesTheAgentsOfBoth_andEitherShowsAllRows() throws IOException {
    Wire here = first.connect(agent(1));
    Wire there = second.connect(agent(2));

    String hunt = first.start(CLASS);
    assertThat(first.agents(hunt).findValuesAsText("state")).containsExactly("asked", "waiting");
    work(11);
    answer(here, "a");
    answer(there, "b", "c");
    work(3);

    assertThat(second.rows(hunt).findValuesAsText("what")).contains("a", "b", "c");
    assertThat(first.rows(hunt)).hasSize(3);
    assertThat(second.show(hunt).path("state").asText()).isEqualTo("ended");
    assertThat(asked(there)).hasSize(1);
  }

  @Test
  void agentOfACollectorThatDied_isAskedByTheOther() throws IOException {
    Wire there = second.connect(agent(2));
    String hunt = second.start(CLASS);
    assertThat(asked(there)).hasSize(1);

    // The second dies; its agent connects to the first.
    time.pass(Duration.ofSeconds(11));
    first.hunts.work();
    Wire moved = first.connect(agent(2));
    first.hunts.work();
    answer(moved, "found");
    for (int i = 0; i < 3; i++) {
      time.pass(Duration.ofSeconds(1));
      first.hunts.work();
    }

    assertThat(first.rows(hunt).findValuesAsText("what")).containsExactly("found");
    assertThat(first.show(hunt).path("state").asText()).isEqualTo("ended");
  }

  @Test
  void agentThatIsConnectedNowhere_isNotWaitedFor() throws IOException {
    second.connect(agent(2));
    String hunt = first.start(CLASS);
    one.update("UPDATE collectors SET seen_at = 0");
    one.update("DELETE FROM connections");

    for (int i = 0; i < 45; i++) {
      time.pass(Duration.ofSeconds(1));
      first.hunts.work();
    }

    assertThat(first.show(hunt).path("state").asText()).isEqualTo("ended");
    assertThat(first.agents(hunt).path(0).path("reason").asText())
        .isEqualTo("it is not connected any more");
  }

  @Test
  void cancelAtOne_reachesTheAgentsOfTheOther() throws IOException {
    Wire there = second.connect(agent(2));
    String hunt = second.start(CLASS);

    whorl.collector.http.request.FakeRequest.post(HuntRig.ONE + "/cancel", "{}")
        .at("id", hunt)
        .json(first.routes);
    work(11);

    assertThat(there.peer.received(CollectorMessage.HuntEnd.class)).hasSize(1);
    assertThat(List.of(first.hunts.runningNow(), second.hunts.runningNow())).containsExactly(0, 0);
  }
}
