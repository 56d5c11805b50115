/**
 * Reads heap dumps (HPROF) as streams, with LeakCanary's library; runs in a confined JVM, because
 * any byte of a dump may lie.
 */
@NullMarked
package whorl.collector.heap.dump;

import org.jspecify.annotations.NullMarked;
