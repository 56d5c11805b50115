/** Which collectors run, and which of them has the channel of each agent. */
@NullMarked
package whorl.collector.store.presence;

import org.jspecify.annotations.NullMarked;
