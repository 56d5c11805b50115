/** Heap snapshots that never touch a disk. */
@NullMarked
package whorl.agent.heap;

import org.jspecify.annotations.NullMarked;
