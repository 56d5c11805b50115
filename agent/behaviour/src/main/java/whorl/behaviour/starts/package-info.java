/**
 * Starts JVMs with the agent by the thousand, and compares each with the same without the agent.
 */
@NullMarked
package whorl.behaviour.starts;

import org.jspecify.annotations.NullMarked;
