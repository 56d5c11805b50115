/** The weaving: what a hook is, and how plain ASM adds its calls to classes. */
@NullMarked
package whorl.agent.hook.weave;

import org.jspecify.annotations.NullMarked;
