/**
 * Previous runs of this workload's JVMs: the marker that each holds while it lives, and the remains
 * of one that crashed or was killed.
 */
@NullMarked
package whorl.agent.life;

import org.jspecify.annotations.NullMarked;
