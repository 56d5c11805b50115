/** Stars, tags and notes of people on rows of timelines. */
@NullMarked
package whorl.collector.marks;

import org.jspecify.annotations.NullMarked;
