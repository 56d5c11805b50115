/** Searches over the rows of timelines, shared by all collectors while they run. */
@NullMarked
package whorl.collector.store.searches;

import org.jspecify.annotations.NullMarked;
