/** What was written to standard output and error, kept in bounded memory. */
@NullMarked
package whorl.agent.console;

import org.jspecify.annotations.NullMarked;
