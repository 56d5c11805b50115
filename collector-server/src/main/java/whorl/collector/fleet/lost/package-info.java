/** Agents that left without a goodbye, and the alerts about those that stay away. */
@NullMarked
package whorl.collector.fleet.lost;

import org.jspecify.annotations.NullMarked;
