/** Captures on a schedule. */
@NullMarked
package whorl.collector.store.schedules;

import org.jspecify.annotations.NullMarked;
