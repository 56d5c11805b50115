/** Reads hostile input in a second JVM, with bounded heap and time. */
@NullMarked
package whorl.collector.confine;

import org.jspecify.annotations.NullMarked;
