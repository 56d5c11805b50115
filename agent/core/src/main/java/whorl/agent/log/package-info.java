/** The agent's own log: SLF4J into a bounded ring, never into the application's output. */
@NullMarked
package whorl.agent.log;

import org.jspecify.annotations.NullMarked;
