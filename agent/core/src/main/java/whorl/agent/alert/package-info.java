/** How alerts and the journal reach the collector and the captures. */
@NullMarked
package whorl.agent.alert;

import org.jspecify.annotations.NullMarked;
