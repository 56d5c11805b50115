/** Connections to the collector: address, credentials, one HTTP connection, timeouts. */
@NullMarked
package whorl.agent.ship.net;

import org.jspecify.annotations.NullMarked;
