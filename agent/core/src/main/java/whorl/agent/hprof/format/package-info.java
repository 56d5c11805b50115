/** HPROF's tags and sizes, and its numbers in bytes. */
@NullMarked
package whorl.agent.hprof.format;

import org.jspecify.annotations.NullMarked;
