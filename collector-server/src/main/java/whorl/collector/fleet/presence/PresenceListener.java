package whorl.collector.fleet.presence;

import java.io.IOException;
import whorl.collector.store.records.AgentRecord;
import whorl.evidence.Id;

/** Receives what changed at other collectors. */
public interface PresenceListener {
  /** The agent has a newer channel at another collector than this one here. */
  void replaced(Id agent, long serial);

  /** Another collector has changed this capture, or it is new. */
  void captureChanged(Id capture) throws IOException;

  /** Changes may not have been reported: the captures of all connected agents are read again. */
  void capturesMayHaveChanged() throws IOException;

  /** The agent's collector has ended without it: this one watches whether the agent comes back. */
  void orphaned(AgentRecord agent);

  /** Ends captures whose agents are connected nowhere; one collector at a time is asked. */
  void endAbandonedCaptures() throws IOException;
}
