/**
 * The agent's code behind the isolated class loader. Only {@code AgentStarter} and {@code
 * AgentWiring} know all stages.
 */
@NullMarked
package whorl.agent;

import org.jspecify.annotations.NullMarked;
