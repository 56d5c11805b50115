/** Failures that mean that the records or the objects cannot be used at all for now. */
@NullMarked
package whorl.collector.store.outage;

import org.jspecify.annotations.NullMarked;
