/** Artifacts that the collector makes from others: a recording from events, in a confined JVM. */
@NullMarked
package whorl.collector.derive;

import org.jspecify.annotations.NullMarked;
