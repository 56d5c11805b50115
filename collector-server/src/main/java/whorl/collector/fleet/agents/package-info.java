/** The known agents: connections, journals, costs and self-tests, and alerts about lost agents. */
@NullMarked
package whorl.collector.fleet.agents;

import org.jspecify.annotations.NullMarked;
