/**
 * The rule sets that are pushed to agents, and what agents said of them; how often rules alerted,
 * and tests of rules.
 */
@NullMarked
package whorl.collector.store.rules;

import org.jspecify.annotations.NullMarked;
