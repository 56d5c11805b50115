/** The agent behind the isolated loader. Only {@code AgentStarter} knows all stages. */
@NullMarked
package whorl.agent;

import org.jspecify.annotations.NullMarked;
