/** The programs that are started; each needs nothing but the JDK. */
@NullMarked
package whorl.behaviour.starts.program;

import org.jspecify.annotations.NullMarked;
