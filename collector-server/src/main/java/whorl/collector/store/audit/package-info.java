/** The custody log by time, person and act. */
@NullMarked
package whorl.collector.store.audit;

import org.jspecify.annotations.NullMarked;
