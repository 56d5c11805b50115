/** The known agents: their connections, journals, costs and self-tests, and alerts about lost ones. */
@NullMarked
package whorl.collector.fleet.agents;

import org.jspecify.annotations.NullMarked;
