/** Delays everything but the hooks until the application has started. */
@NullMarked
package whorl.agent.start;

import org.jspecify.annotations.NullMarked;
