package whorl.collector.fleet.channel;

import whorl.evidence.AgentIdentity;
import whorl.evidence.Id;
import whorl.evidence.channel.AgentMessage;

/** Receives the reports about method probes. Called on any thread; never waits. */
public interface ProbeSink {
  /** There are no probes. */
  ProbeSink NONE =
      new ProbeSink() {
        @Override
        public void disconnected(Id agent) {}

        @Override
        public void reported(AgentIdentity agent, AgentMessage.ProbeReport report) {}
      };

  /** The agent's channel here has ended; the agent ends its probes. */
  void disconnected(Id agent);

  /** The agent reports about a probe, or claims to. */
  void reported(AgentIdentity agent, AgentMessage.ProbeReport report);
}
