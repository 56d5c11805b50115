/** A search over all evidence, agents and journals for one value. */
@NullMarked
package whorl.collector.search;

import org.jspecify.annotations.NullMarked;
