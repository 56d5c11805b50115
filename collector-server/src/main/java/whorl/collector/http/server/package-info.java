/** The Netty server: pipeline, limits, routing, responses, the agents' WebSocket, metrics. */
@NullMarked
package whorl.collector.http.server;

import org.jspecify.annotations.NullMarked;
