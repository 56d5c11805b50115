/** Artifacts that the collector derives from others: a recording from events, in a confined JVM. */
@NullMarked
package whorl.collector.derive;

import org.jspecify.annotations.NullMarked;
