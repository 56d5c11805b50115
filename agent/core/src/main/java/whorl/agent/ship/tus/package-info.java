/** Resumable upload of evidence by the tus protocol. */
@NullMarked
package whorl.agent.ship.tus;

import org.jspecify.annotations.NullMarked;
