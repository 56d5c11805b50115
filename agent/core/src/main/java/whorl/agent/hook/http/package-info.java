/** Requests, observed at the entry of each kind of HTTP server. */
@NullMarked
package whorl.agent.hook.http;

import org.jspecify.annotations.NullMarked;
