package whorl.collector.fleet.channel;

import java.io.IOException;
import java.util.Collection;
import whorl.collector.fleet.captures.Captures;
import whorl.collector.fleet.lost.LostAgentDetector;
import whorl.collector.fleet.presence.PresenceListener;
import whorl.evidence.Id;

/** Passes on to the fleet what changed at other collectors. */
public final class ChannelPresence implements PresenceListener {
  private final AgentChannel channel;
  private final Captures captures;
  private final LostAgentDetector lostAgentDetector;

  public ChannelPresence(
      AgentChannel channel, Captures captures, LostAgentDetector lostAgentDetector) {
    this.channel = channel;
    this.captures = captures;
    this.lostAgentDetector = lostAgentDetector;
  }

  @Override
  public void replaced(Id agent, long serial) {
    channel.replacedElsewhere(agent, serial);
  }

  @Override
  public void capturesChanged(Collection<Id> changed) throws IOException {
    captures.changedElsewhere(changed);
  }

  @Override
  public void capturesMayHaveChanged() throws IOException {
    captures.mayHaveChangedElsewhere();
  }

  @Override
  public void raiseLostAgents() throws IOException {
    lostAgentDetector.raise();
  }

  @Override
  public void endAbandonedCaptures() throws IOException {
    captures.endAbandoned();
  }
}
