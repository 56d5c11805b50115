/** The events: their JFR types, the in-memory ring, and the sink through which hooks emit them. */
@NullMarked
package whorl.agent.event;

import org.jspecify.annotations.NullMarked;
