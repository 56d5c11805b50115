/** Keeps standard output and error in bounded memory. */
@NullMarked
package whorl.agent.console;

import org.jspecify.annotations.NullMarked;
