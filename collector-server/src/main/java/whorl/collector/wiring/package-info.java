/**
 * How the collector is put together: one class for each capability, which creates its parts from
 * what exists, connects them, and lists their routes. {@code whorl.collector.Wiring} calls them in
 * order.
 */
@NullMarked
package whorl.collector.wiring;

import org.jspecify.annotations.NullMarked;
