/** Method probes of all collectors: what was asked for, of which agents, and the recorded calls. */
@NullMarked
package whorl.collector.store.probes;

import org.jspecify.annotations.NullMarked;
