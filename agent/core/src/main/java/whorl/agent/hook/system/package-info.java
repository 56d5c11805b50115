/** Hooks of processes, native code and memory. */
@NullMarked
package whorl.agent.hook.system;

import org.jspecify.annotations.NullMarked;
