/** The end of the JVM: what is reported and captured before it. */
@NullMarked
package whorl.agent.exit;

import org.jspecify.annotations.NullMarked;
