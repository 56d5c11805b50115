/** Captures on a schedule: routes, and the task that requests what is due. */
@NullMarked
package whorl.collector.schedules;

import org.jspecify.annotations.NullMarked;
