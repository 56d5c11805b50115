/** Hooks of what is done against the watching itself. */
@NullMarked
package whorl.agent.hook.tamper;

import org.jspecify.annotations.NullMarked;
