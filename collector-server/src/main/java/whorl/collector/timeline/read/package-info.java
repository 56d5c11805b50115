/** Reads artifacts, which are hostile input, as blocks of rows. Runs in a confined JVM. */
@NullMarked
package whorl.collector.timeline.read;

import org.jspecify.annotations.NullMarked;
