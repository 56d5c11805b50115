/** Decides which evidence is indexed when, and runs each index in a confined JVM. */
@NullMarked
package whorl.collector.timeline.index;

import org.jspecify.annotations.NullMarked;
