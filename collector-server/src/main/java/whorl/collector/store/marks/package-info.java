/** What people mark on rows of timelines. */
@NullMarked
package whorl.collector.store.marks;

import org.jspecify.annotations.NullMarked;
