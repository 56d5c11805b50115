package whorl.agent.ship;

import whorl.evidence.AgentMessage;

/** The agent's self-tests, as far as they concern the way to the collector. */
public interface SelfTests {
  /** None: what is said where nobody tests. */
  SelfTests NONE =
      new SelfTests() {
        @Override
        public AgentMessage.SelfTest report() {
          return new AgentMessage.SelfTest(0, java.util.Map.of());
        }

        @Override
        public void cameOut(long number) {}
      };

  /** How far the tests came by now; number 0 before the first. */
  AgentMessage.SelfTest report();

  /** The test of this number was taken out of the outbox by the network thread. */
  void cameOut(long number);
}
