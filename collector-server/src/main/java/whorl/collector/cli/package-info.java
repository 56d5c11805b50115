/** The command line, one class per command. */
@NullMarked
package whorl.collector.cli;

import org.jspecify.annotations.NullMarked;
