/** The captures that are requested from agents, from the request to the sealed evidence. */
@NullMarked
package whorl.collector.fleet.captures;

import org.jspecify.annotations.NullMarked;
