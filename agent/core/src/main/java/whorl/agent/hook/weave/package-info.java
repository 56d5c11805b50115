/** How hooks come into classes: what a hook looks at, and the weaving of it by plain ASM. */
@NullMarked
package whorl.agent.hook.weave;

import org.jspecify.annotations.NullMarked;
