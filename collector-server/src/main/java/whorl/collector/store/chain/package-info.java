/** What the collectors know of the agents' chains. */
@NullMarked
package whorl.collector.store.chain;

import org.jspecify.annotations.NullMarked;
