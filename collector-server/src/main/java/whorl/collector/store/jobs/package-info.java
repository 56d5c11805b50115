/** Work on evidence that any collector may do, one at a time. */
@NullMarked
package whorl.collector.store.jobs;

import org.jspecify.annotations.NullMarked;
