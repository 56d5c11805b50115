/**
 * The agents, their channel, and the captures that are requested from them.
 *
 * <p>The main classes, each using the ones before it: {@link whorl.collector.fleet.Fleet} (the
 * known agents), {@link whorl.collector.fleet.Captures} (all captures), {@link
 * whorl.collector.fleet.Journals} (the agents' events), an {@link whorl.collector.fleet.AlertSink},
 * {@link whorl.collector.fleet.AgentChannel} (the sockets), {@link
 * whorl.collector.fleet.FleetWatch} (the periodic work), and the routes.
 */
@NullMarked
package whorl.collector.fleet;

import org.jspecify.annotations.NullMarked;
