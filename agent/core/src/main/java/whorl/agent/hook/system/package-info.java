/** Hooks of system calls by the application: files, sockets, names, processes, memory. */
@NullMarked
package whorl.agent.hook.system;

import org.jspecify.annotations.NullMarked;
