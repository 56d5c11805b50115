package whorl.collector.wiring;

import java.io.IOException;
import whorl.collector.fleet.agents.SelfTestWatch;
import whorl.collector.fleet.channel.AgentChannel;
import whorl.collector.fleet.channel.ChannelPresence;
import whorl.collector.fleet.channel.FleetWatch;
import whorl.collector.fleet.lost.LostAgentDetector;
import whorl.collector.wiring.base.Foundation;

/**
 * The agents' channel, and what watches over agents that are on it.
 *
 * @param selfTests raises an alert when an agent's tests of itself stop
 */
public record ChannelWiring(
    AgentChannel channel, LostAgentDetector lostAgents, SelfTestWatch selfTests) {

  public static ChannelWiring open(
      Foundation base, FleetWiring fleet, AlertWiring alerts, RuleWiring rules) {
    LostAgentDetector lostAgents =
        new LostAgentDetector(
            base.config().silence(),
            base.sharing().lostAgents(base.database()),
            fleet.journals(),
            alerts.alerts(),
            base.clock(),
            System::nanoTime);
    SelfTestWatch selfTests =
        new SelfTestWatch(
            fleet.fleet(), fleet.journals(), alerts.alerts(), base.clock(), System::nanoTime);
    AgentChannel channel =
        new AgentChannel(
            fleet.fleet(),
            base.sharing().presence(),
            fleet.captures(),
            fleet.journals(),
            fleet.chains().chains(),
            alerts.alerts(),
            lostAgents,
            selfTests,
            rules.sets(),
            System::nanoTime,
            fleet.counters());
    return new ChannelWiring(channel, lostAgents, selfTests);
  }

  /** Begins to exchange agents with other collectors, and to watch over those here. */
  public void start(Foundation base, FleetWiring fleet) throws IOException {
    base.sharing()
        .start(
            fleet.fleet(),
            new ChannelPresence(channel, fleet.captures(), lostAgents),
            base.readiness()::edgeProblem,
            String.valueOf(Foundation.version()),
            base.closing());
    FleetWatch watch =
        new FleetWatch(
            fleet.fleet(),
            fleet.captures(),
            fleet.journals(),
            channel,
            lostAgents,
            selfTests,
            fleet.chains().chains());
    base.closeFirst(watch);
    watch.start();
  }
}
