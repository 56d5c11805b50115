/** Threads of the collector. */
@NullMarked
package whorl.collector.thread;

import org.jspecify.annotations.NullMarked;
