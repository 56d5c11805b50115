/** The commands that list, download, hold, purge and verify evidence. */
@NullMarked
package whorl.collector.cli.evidence;

import org.jspecify.annotations.NullMarked;
