/** Which request a task belongs to that is handed on to another thread. */
@NullMarked
package whorl.agent.hook.handover;

import org.jspecify.annotations.NullMarked;
