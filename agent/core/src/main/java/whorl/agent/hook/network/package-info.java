/** Hooks of sockets and host names, and addresses as text. */
@NullMarked
package whorl.agent.hook.network;

import org.jspecify.annotations.NullMarked;
