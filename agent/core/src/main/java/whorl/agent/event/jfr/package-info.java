/**
 * The events as JFR types. Apart from the other events, for they can be loaded only where there is
 * a JFR, and may be initialised only once it is.
 */
@NullMarked
package whorl.agent.event.jfr;

import org.jspecify.annotations.NullMarked;
