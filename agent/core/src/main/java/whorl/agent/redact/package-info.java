/** Masks secrets in artifacts. */
@NullMarked
package whorl.agent.redact;

import org.jspecify.annotations.NullMarked;
