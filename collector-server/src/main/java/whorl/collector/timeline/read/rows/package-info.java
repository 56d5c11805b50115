/** The blocks of rows that readers fill, and what all readers of one piece of evidence share. */
@NullMarked
package whorl.collector.timeline.read.rows;

import org.jspecify.annotations.NullMarked;
