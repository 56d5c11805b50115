/** What a pass holds of a dump, within a limit of memory. */
@NullMarked
package whorl.agent.hprof.held;

import org.jspecify.annotations.NullMarked;
