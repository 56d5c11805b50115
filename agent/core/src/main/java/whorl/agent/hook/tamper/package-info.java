/** Hooks against tampering with the agent. */
@NullMarked
package whorl.agent.hook.tamper;

import org.jspecify.annotations.NullMarked;
