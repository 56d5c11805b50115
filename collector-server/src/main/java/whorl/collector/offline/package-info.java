/** Evidence that a person opens on their own machine, without a collector of theirs. */
@NullMarked
package whorl.collector.offline;

import org.jspecify.annotations.NullMarked;
