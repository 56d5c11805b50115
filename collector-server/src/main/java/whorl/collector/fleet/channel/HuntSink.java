package whorl.collector.fleet.channel;

import whorl.evidence.AgentIdentity;
import whorl.evidence.Id;
import whorl.evidence.channel.AgentMessage;

/** Receives the answers to hunts. Called on any thread; never waits. */
public interface HuntSink {
  /** There are no hunts. */
  HuntSink NONE =
      new HuntSink() {
        @Override
        public void connected(AgentIdentity agent) {}

        @Override
        public void disconnected(Id agent) {}

        @Override
        public void answered(AgentIdentity agent, AgentMessage.HuntAnswer answer) {}
      };

  /** The agent has connected here; hunts may wait for it. */
  void connected(AgentIdentity agent);

  /** The agent's channel here has ended. */
  void disconnected(Id agent);

  /** The agent has answered a hunt, or claims to. */
  void answered(AgentIdentity agent, AgentMessage.HuntAnswer answer);
}
