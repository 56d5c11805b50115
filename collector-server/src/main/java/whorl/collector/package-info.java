/** The collector: the main class, and the only wiring. */
@NullMarked
package whorl.collector;

import org.jspecify.annotations.NullMarked;
