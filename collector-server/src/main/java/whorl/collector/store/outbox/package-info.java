/** Messages that wait to be delivered to other systems, shared by all collectors. */
@NullMarked
package whorl.collector.store.outbox;

import org.jspecify.annotations.NullMarked;
