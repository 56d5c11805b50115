/** Alerts when a reading of this JVM stays at or above a limit that was configured. */
@NullMarked
package whorl.agent.threshold;

import org.jspecify.annotations.NullMarked;
