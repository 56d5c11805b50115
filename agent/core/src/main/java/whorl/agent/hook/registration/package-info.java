/** Hooks of servers: their start, and late registrations with them. */
@NullMarked
package whorl.agent.hook.registration;

import org.jspecify.annotations.NullMarked;
