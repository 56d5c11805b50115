package whorl.agent.ship;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import whorl.agent.ship.channel.CommandListener;
import whorl.evidence.Id;
import whorl.evidence.channel.AgentMessage.HuntAnswer;
import whorl.evidence.channel.CollectorMessage;
import whorl.evidence.channel.HuntQuestion;
import whorl.evidence.channel.HuntRow;
import whorl.evidence.channel.HuntState;

/** Hunts over the agent's channel, to a collector and back. */
@Timeout(60)
class HuntChannelTest extends ShipperFixture {
  private static final Id HUNT = new Id("hunt-0001");

  private final List<CollectorMessage> received = new CopyOnWriteArrayList<>();

  @BeforeEach
  void connect() {
    start(collector.url());
    await().until(() -> status().connected());
  }

  @Override
  CommandListener listener() {
    return new Listener();
  }

  private final class Listener implements CommandListener {
    @Override
    public void capture(CollectorMessage.StartCapture request) {}

    @Override
    public void hunt(CollectorMessage.Hunt hunt) {
      received.add(hunt);
    }

    @Override
    public void huntEnded(CollectorMessage.HuntEnd end) {
      received.add(end);
    }
  }

  private static HuntAnswer answer(String value) {
    return new HuntAnswer(
        HUNT,
        HuntState.ANSWERED,
        null,
        List.of(new HuntRow("x", null, null, null, null, Map.of("password", value))),
        1,
        1,
        null,
        null,
        null,
        0,
        List.of());
  }

  @Test
  void huntAndItsEnd_reachTheListener() {
    CollectorMessage hunt =
        new CollectorMessage.Hunt(
            HUNT,
            new HuntQuestion(null, new HuntQuestion.OfClass("x", null), null, null, null),
            0,
            20);

    collector.send(hunt);
    collector.send(new CollectorMessage.HuntEnd(HUNT));

    await()
        .untilAsserted(
            () -> assertThat(received).containsExactly(hunt, new CollectorMessage.HuntEnd(HUNT)));
  }

  @Test
  void answer_isSentOnce_withSecretsMasked() {
    shipper().huntAnswered(answer("hunter2hunter2"));

    await().untilAsserted(() -> assertThat(collector.messages(HuntAnswer.class)).hasSize(1));
    assertThat(collector.messages(HuntAnswer.class).get(0).rows().get(0).fields().get("password"))
        .asString()
        .doesNotContain("hunter2");
  }
}
