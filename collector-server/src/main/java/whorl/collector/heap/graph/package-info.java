/** Objects as numbers and what they refer to: who dominates whom, and the shortest way to each. */
@NullMarked
package whorl.collector.heap.graph;

import org.jspecify.annotations.NullMarked;
