/** Every version line of every hooked library, woven and verified. */
@NullMarked
package whorl.agent.hook.versions;

import org.jspecify.annotations.NullMarked;
