/** Hooks at entry points: methods where input from outside may become code. */
@NullMarked
package whorl.agent.hook.entry;

import org.jspecify.annotations.NullMarked;
