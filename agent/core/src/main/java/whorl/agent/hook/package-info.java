/**
 * One class for each thing that is hooked: what is matched, what is woven in, which event it emits.
 */
@NullMarked
package whorl.agent.hook;

import org.jspecify.annotations.NullMarked;
