/** Hooks of the ways in: where what comes from outside may become code. */
@NullMarked
package whorl.agent.hook.entry;

import org.jspecify.annotations.NullMarked;
