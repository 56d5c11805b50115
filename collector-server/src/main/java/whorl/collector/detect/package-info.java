/**
 * The built-in rules on stored events: one rule set, and one way from a stored event to the event
 * that rules evaluate. {@code whorl rules test} and the analyses both use them, so both say the
 * same about an event.
 */
@NullMarked
package whorl.collector.detect;

import org.jspecify.annotations.NullMarked;
