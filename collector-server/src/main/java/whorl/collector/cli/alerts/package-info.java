/** The commands about alerts: lists, decisions and mutes. */
@NullMarked
package whorl.collector.cli.alerts;

import org.jspecify.annotations.NullMarked;
