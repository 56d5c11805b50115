/** Hunts: questions to many agents at once, and their answers. */
@NullMarked
package whorl.collector.store.hunts;

import org.jspecify.annotations.NullMarked;
