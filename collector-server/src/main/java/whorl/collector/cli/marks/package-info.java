/** Commands for marks on rows of timelines. */
@NullMarked
package whorl.collector.cli.marks;

import org.jspecify.annotations.NullMarked;
