/**
 * The agents' WebSocket channel: it reads messages and passes them to the agents, captures and
 * rules. {@link whorl.collector.fleet.channel.FleetWatch} runs the periodic work of the fleet.
 */
@NullMarked
package whorl.collector.fleet.channel;

import org.jspecify.annotations.NullMarked;
