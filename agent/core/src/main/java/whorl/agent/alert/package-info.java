/** The way of alerts and of the journal to the collector and to captures. */
@NullMarked
package whorl.agent.alert;

import org.jspecify.annotations.NullMarked;
