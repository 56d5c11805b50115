/** Hooks of code that comes into the JVM: classes made at run time, libraries' bytes, agents. */
@NullMarked
package whorl.agent.hook.code;

import org.jspecify.annotations.NullMarked;
