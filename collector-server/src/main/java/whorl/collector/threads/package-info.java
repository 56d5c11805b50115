/** Threads that come and go with their work. */
@NullMarked
package whorl.collector.threads;

import org.jspecify.annotations.NullMarked;
