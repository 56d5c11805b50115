/**
 * All that is hooked, armed and disarmed together: below are the weaving, and one class for each
 * thing that is hooked, which says what is matched and which event it emits.
 */
@NullMarked
package whorl.agent.hook;

import org.jspecify.annotations.NullMarked;
