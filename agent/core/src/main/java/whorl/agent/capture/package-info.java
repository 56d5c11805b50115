/** Captures: one source for each kind of artifact, and the coordinator. */
@NullMarked
package whorl.agent.capture;

import org.jspecify.annotations.NullMarked;
