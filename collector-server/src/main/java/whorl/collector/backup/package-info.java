/**
 * Makes one consistent copy of a data folder while the collector runs, and restores it: {@link
 * whorl.collector.backup.Backup} and {@link whorl.collector.backup.Restore}.
 */
@NullMarked
package whorl.collector.backup;

import org.jspecify.annotations.NullMarked;
