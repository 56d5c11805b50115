/** The collector: the main class, and all wiring between the parts. */
@NullMarked
package whorl.collector;

import org.jspecify.annotations.NullMarked;
