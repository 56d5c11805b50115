/** Uploads in the data folder of one collector. */
@NullMarked
package whorl.collector.receive.local;

import org.jspecify.annotations.NullMarked;
