/** What an upload is, wherever its bytes and its state are; its metadata and checksums. */
@NullMarked
package whorl.collector.receive.uploads;

import org.jspecify.annotations.NullMarked;
