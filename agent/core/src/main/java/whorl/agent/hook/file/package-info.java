/** Hooks of files and folders, and their paths as the kernel resolves them. */
@NullMarked
package whorl.agent.hook.file;

import org.jspecify.annotations.NullMarked;
