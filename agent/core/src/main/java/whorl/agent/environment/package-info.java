/** Checks what this JVM and this container allow. */
@NullMarked
package whorl.agent.environment;

import org.jspecify.annotations.NullMarked;
