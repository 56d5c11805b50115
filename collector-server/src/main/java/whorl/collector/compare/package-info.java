/** What differs between two pieces of evidence, from their artifacts. */
@NullMarked
package whorl.collector.compare;

import org.jspecify.annotations.NullMarked;
