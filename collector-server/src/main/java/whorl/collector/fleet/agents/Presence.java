package whorl.collector.fleet.agents;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import whorl.collector.store.presence.AgentFilter;
import whorl.collector.store.presence.PresenceLedger.ServiceChannels;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Id;

/** What collectors exchange about their agents and captures. */
public interface Presence {
  /** For a collector that shares its records with no other. */
  Presence ALONE =
      new Presence() {
        @Override
        public boolean isShared() {
          return false;
        }

        @Override
        public void connected(AgentIdentity agent, long serial) {}

        @Override
        public void disconnected(Id agent, long serial) {}

        @Override
        public void leave() {}

        @Override
        public List<AgentIdentity> elsewhere(AgentFilter filter) {
          return List.of();
        }

        @Override
        public Set<Id> idsElsewhere(AgentFilter filter) {
          return Set.of();
        }

        @Override
        public boolean isElsewhere(Id agent) {
          return false;
        }

        @Override
        public List<ServiceChannels> servicesElsewhere() {
          return List.of();
        }

        @Override
        public void capturesChanged(Collection<Id> captures) {}
      };

  /** True if other collectors may use the same records. */
  boolean isShared();

  /**
   * This collector has the agent's channel now. Another one that had it closes its own.
   *
   * @param serial of the channel; no two channels have the same
   */
  void connected(AgentIdentity agent, long serial) throws IOException;

  /** The agent's channel here has ended. */
  void disconnected(Id agent, long serial) throws IOException;

  /**
   * This collector ends: its connections stay recorded until the agents connect to another
   * collector, or until that one misses them.
   */
  void leave() throws IOException;

  /** The agents that are connected to other collectors, in the order of their ids. */
  List<AgentIdentity> elsewhere(AgentFilter filter) throws IOException;

  /** The ids of the agents that are connected to other collectors. */
  Set<Id> idsElsewhere(AgentFilter filter) throws IOException;

  /** True if the agent is connected to another collector. */
  boolean isElsewhere(Id agent) throws IOException;

  /** How many agents of each service are connected to other collectors. */
  List<ServiceChannels> servicesElsewhere() throws IOException;

  /**
   * Records of captures have changed, or are new: each collector looks after those of its agents.
   */
  void capturesChanged(Collection<Id> captures) throws IOException;
}
