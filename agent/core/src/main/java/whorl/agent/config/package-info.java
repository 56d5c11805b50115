/** Every setting of the agent, read once into one immutable record. */
@NullMarked
package whorl.agent.config;

import org.jspecify.annotations.NullMarked;
