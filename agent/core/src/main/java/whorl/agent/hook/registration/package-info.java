/** Hooks of servers: where they start, and what is registered with them. */
@NullMarked
package whorl.agent.hook.registration;

import org.jspecify.annotations.NullMarked;
