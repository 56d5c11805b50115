package whorl.collector.fleet.channel;

import java.io.IOException;
import java.util.Map;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Id;
import whorl.evidence.channel.AgentMessage;

/** Takes the agents' inventories of libraries. */
public interface LibrarySink {
  /** Ignores them. */
  LibrarySink NONE =
      new LibrarySink() {
        @Override
        public void connected(AgentIdentity agent, Map<String, Object> capabilities) {}

        @Override
        public void held(AgentIdentity agent, AgentMessage.LibrariesHeld message) {}

        @Override
        public void part(AgentIdentity agent, AgentMessage.LibraryPart message) {}

        @Override
        public void disconnected(Id agent) {}
      };

  /** An agent has connected. */
  void connected(AgentIdentity agent, Map<String, Object> capabilities);

  /** An agent says which inventory it has. */
  void held(AgentIdentity agent, AgentMessage.LibrariesHeld message) throws IOException;

  /** An agent sends a part of its inventory. */
  void part(AgentIdentity agent, AgentMessage.LibraryPart message) throws IOException;

  /** The agent's channel at this collector has ended. */
  void disconnected(Id agent);
}
