/** The data folder and the disk below it: durable writes, modes, free space. */
@NullMarked
package whorl.collector.store.disk;

import org.jspecify.annotations.NullMarked;
