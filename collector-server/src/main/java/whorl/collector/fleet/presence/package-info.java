/** What the collectors of one deployment exchange about agents and captures. */
@NullMarked
package whorl.collector.fleet.presence;

import org.jspecify.annotations.NullMarked;
