/**
 * The JFR types of the events. They have a package of their own because they can be loaded only if
 * there is a JFR, and may be initialised only after it.
 */
@NullMarked
package whorl.agent.event.jfr;

import org.jspecify.annotations.NullMarked;
