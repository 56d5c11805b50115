/** Reads the events of a recording as rows. */
@NullMarked
package whorl.collector.timeline.read.recording;

import org.jspecify.annotations.NullMarked;
