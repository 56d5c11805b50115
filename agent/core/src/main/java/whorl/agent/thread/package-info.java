/** The threads of the agent. */
@NullMarked
package whorl.agent.thread;

import org.jspecify.annotations.NullMarked;
