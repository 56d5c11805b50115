/** Limits per client, used wherever clients connect. */
@NullMarked
package whorl.collector.limit;

import org.jspecify.annotations.NullMarked;
