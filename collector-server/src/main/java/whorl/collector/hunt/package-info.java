/** Hunts: one question to many agents, answered live by each from what it holds. */
@NullMarked
package whorl.collector.hunt;

import org.jspecify.annotations.NullMarked;
