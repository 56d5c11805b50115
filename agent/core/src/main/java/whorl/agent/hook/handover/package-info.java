/** Finds the request of a task that is handed over to another thread. */
@NullMarked
package whorl.agent.hook.handover;

import org.jspecify.annotations.NullMarked;
