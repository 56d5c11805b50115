/** The command that prints the events of a recording in the order and pace of their times. */
@NullMarked
package whorl.collector.cli.replay;

import org.jspecify.annotations.NullMarked;
