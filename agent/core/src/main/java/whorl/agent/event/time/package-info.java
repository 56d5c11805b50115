/** Clocks, and a limit by the second. */
@NullMarked
package whorl.agent.event.time;

import org.jspecify.annotations.NullMarked;
