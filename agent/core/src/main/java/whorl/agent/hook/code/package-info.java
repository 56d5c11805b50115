/** Hooks for code that enters the JVM: generated classes, changed classes, agents. */
@NullMarked
package whorl.agent.hook.code;

import org.jspecify.annotations.NullMarked;
