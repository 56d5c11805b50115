/** What the collectors of one deployment tell each other about agents and captures. */
@NullMarked
package whorl.collector.fleet.presence;

import org.jspecify.annotations.NullMarked;
