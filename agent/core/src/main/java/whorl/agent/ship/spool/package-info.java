/** Evidence on its way: in a folder or in memory, until the collector has it. */
@NullMarked
package whorl.agent.ship.spool;

import org.jspecify.annotations.NullMarked;
