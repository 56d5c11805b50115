/** The end of the JVM, before its shutdown hooks run. */
@NullMarked
package whorl.agent.hook.end;

import org.jspecify.annotations.NullMarked;
