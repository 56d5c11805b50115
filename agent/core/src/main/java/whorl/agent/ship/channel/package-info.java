/** The command channel: commands of the collector, alerts, journal and heartbeat of the agent. */
@NullMarked
package whorl.agent.ship.channel;

import org.jspecify.annotations.NullMarked;
