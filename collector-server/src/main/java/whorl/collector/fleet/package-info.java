/**
 * The agents, their channel, and the captures that are asked of them.
 *
 * <p>In the order in which they are made, each from the ones before: {@link
 * whorl.collector.fleet.Fleet} (who is there), {@link whorl.collector.fleet.Captures} (what was
 * asked of whom), {@link whorl.collector.fleet.Journals} (what agents saw), an {@link
 * whorl.collector.fleet.AlertSink}, {@link whorl.collector.fleet.AgentChannel} (the sockets),
 * {@link whorl.collector.fleet.FleetWatch} (what happens by the clock), and the routes.
 */
@NullMarked
package whorl.collector.fleet;

import org.jspecify.annotations.NullMarked;
