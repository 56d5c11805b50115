/** Heap snapshots, without a file if possible. */
@NullMarked
package whorl.agent.heap;

import org.jspecify.annotations.NullMarked;
