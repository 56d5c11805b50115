/** How an event becomes a row: its columns and its sentence. */
@NullMarked
package whorl.collector.timeline.read.mapping;

import org.jspecify.annotations.NullMarked;
