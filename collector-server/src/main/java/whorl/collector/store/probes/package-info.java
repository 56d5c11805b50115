/** Method probes of all collectors: the requests, their agents, and the recorded calls. */
@NullMarked
package whorl.collector.store.probes;

import org.jspecify.annotations.NullMarked;
