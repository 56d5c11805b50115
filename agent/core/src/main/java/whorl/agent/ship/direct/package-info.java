/** Upload of one large artifact while it is being made, such as a heap snapshot without a disk. */
@NullMarked
package whorl.agent.ship.direct;

import org.jspecify.annotations.NullMarked;
