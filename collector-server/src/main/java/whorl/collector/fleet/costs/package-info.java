/** What agents cost in their JVMs: checked, divided by time, and summed by service. */
@NullMarked
package whorl.collector.fleet.costs;

import org.jspecify.annotations.NullMarked;
