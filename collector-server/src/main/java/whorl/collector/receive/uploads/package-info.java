/** The uploads under way: their files, metadata and checksums. */
@NullMarked
package whorl.collector.receive.uploads;

import org.jspecify.annotations.NullMarked;
