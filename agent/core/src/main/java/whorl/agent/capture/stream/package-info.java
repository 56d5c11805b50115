/** What the agent has recorded before the alert: events, recording, console. */
@NullMarked
package whorl.agent.capture.stream;

import org.jspecify.annotations.NullMarked;
