/**
 * The hooks, which are armed and disarmed together. Sub-packages hold the weaving and one class for
 * each hook, which defines its join points and the event it emits.
 */
@NullMarked
package whorl.agent.hook;

import org.jspecify.annotations.NullMarked;
