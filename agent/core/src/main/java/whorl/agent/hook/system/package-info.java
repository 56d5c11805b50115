/** Hooks of what a program does to the system: files, sockets, names, processes, memory. */
@NullMarked
package whorl.agent.hook.system;

import org.jspecify.annotations.NullMarked;
