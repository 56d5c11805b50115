/** What commands that connect to a collector have in common. */
@NullMarked
package whorl.collector.cli.command;

import org.jspecify.annotations.NullMarked;
