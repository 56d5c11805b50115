/** Requests of the collector to servers outside, limited in time and size. */
@NullMarked
package whorl.collector.outbound;

import org.jspecify.annotations.NullMarked;
