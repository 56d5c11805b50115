/**
 * The agents' chains: what is missing, changed, repeated or said by somebody else is named here.
 */
@NullMarked
package whorl.collector.fleet.chain;

import org.jspecify.annotations.NullMarked;
