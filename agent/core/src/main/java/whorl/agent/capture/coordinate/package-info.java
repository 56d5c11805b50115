/** Decides whether an alert leads to a capture, runs the sources in order, and seals the result. */
@NullMarked
package whorl.agent.capture.coordinate;

import org.jspecify.annotations.NullMarked;
