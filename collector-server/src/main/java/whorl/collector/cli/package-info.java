/** The command line, one class a command. */
@NullMarked
package whorl.collector.cli;

import org.jspecify.annotations.NullMarked;
