/** The agents, their channel, and the captures that are asked of them. */
@NullMarked
package whorl.collector.fleet;

import org.jspecify.annotations.NullMarked;
