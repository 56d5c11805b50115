/**
 * The detection lab: runs published attacks, memory shells and ordinary workloads against the agent
 * and the collector, and says what was found, how it was explained and how long that took.
 */
@NullMarked
package whorl.lab;

import org.jspecify.annotations.NullMarked;
