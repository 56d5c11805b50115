/**
 * One consistent copy of a data folder, made while the collector works, and its way back: {@link
 * whorl.collector.backup.Backup} and {@link whorl.collector.backup.Restore}.
 */
@NullMarked
package whorl.collector.backup;

import org.jspecify.annotations.NullMarked;
