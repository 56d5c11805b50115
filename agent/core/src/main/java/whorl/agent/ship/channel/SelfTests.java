package whorl.agent.ship.channel;

import java.util.Map;
import whorl.evidence.channel.AgentMessage;

/** The agent's self-tests, as seen by the channel. */
public interface SelfTests {
  /** No self-tests. */
  SelfTests NONE =
      new SelfTests() {
        @Override
        public AgentMessage.SelfTest report() {
          return new AgentMessage.SelfTest(0, Map.of());
        }

        @Override
        public void onSelfTestReceived(long number) {}
      };

  /** How far the tests have come; number 0 before the first. */
  AgentMessage.SelfTest report();

  /** The network thread took the test of this number out of the outbox. */
  void onSelfTestReceived(long number);
}
