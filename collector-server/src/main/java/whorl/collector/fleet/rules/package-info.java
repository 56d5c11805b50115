/** The rule sets that are pushed to agents. */
@NullMarked
package whorl.collector.fleet.rules;

import org.jspecify.annotations.NullMarked;
