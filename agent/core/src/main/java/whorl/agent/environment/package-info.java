/** What this JVM and this container allow, found out by named checks. */
@NullMarked
package whorl.agent.environment;

import org.jspecify.annotations.NullMarked;
