/** The rule sets that are pushed to agents, and what agents said of them. */
@NullMarked
package whorl.collector.store.rules;

import org.jspecify.annotations.NullMarked;
