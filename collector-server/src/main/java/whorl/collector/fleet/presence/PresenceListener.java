package whorl.collector.fleet.presence;

import java.io.IOException;
import java.util.Collection;
import whorl.evidence.Id;

/** Receives what changed at other collectors. */
public interface PresenceListener {
  /** The agent has a newer channel at another collector than this one here. */
  void replaced(Id agent, long serial);

  /** Another collector has changed these captures, or they are new. */
  void capturesChanged(Collection<Id> captures) throws IOException;

  /** Changes may not have been reported: the captures of all connected agents are read again. */
  void capturesMayHaveChanged() throws IOException;

  /** Raises the alerts about lost agents that are due; one collector at a time is asked. */
  void raiseLostAgents() throws IOException;

  /** Ends captures whose agents are connected nowhere; one collector at a time is asked. */
  void endAbandonedCaptures() throws IOException;
}
