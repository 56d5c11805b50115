/** The reserve for an OutOfMemoryError, and its report. */
@NullMarked
package whorl.agent.memory;

import org.jspecify.annotations.NullMarked;
