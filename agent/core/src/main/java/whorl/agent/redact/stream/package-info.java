/** Masks artifacts and messages as they are written. */
@NullMarked
package whorl.agent.redact.stream;

import org.jspecify.annotations.NullMarked;
