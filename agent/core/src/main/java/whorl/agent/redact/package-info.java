/** Masks secrets in names, values and texts; the sub-package masks whole artifacts. */
@NullMarked
package whorl.agent.redact;

import org.jspecify.annotations.NullMarked;
