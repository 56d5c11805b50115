/** Shipping to the collector: spool, resumable upload, channel. */
@NullMarked
package whorl.agent.ship;

import org.jspecify.annotations.NullMarked;
