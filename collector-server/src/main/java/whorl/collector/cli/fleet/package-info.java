/** The commands for agents, their alerts and captures of them. */
@NullMarked
package whorl.collector.cli.fleet;

import org.jspecify.annotations.NullMarked;
