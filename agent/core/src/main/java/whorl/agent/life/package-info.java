/**
 * PreviousRuns of this workload's JVMs: a mark that each leaves while it lives, and what is left of
 * one that was cut off.
 */
@NullMarked
package whorl.agent.life;

import org.jspecify.annotations.NullMarked;
