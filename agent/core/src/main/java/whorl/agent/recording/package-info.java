/** The rolling JFR recording and its guards against a full disk. */
@NullMarked
package whorl.agent.recording;

import org.jspecify.annotations.NullMarked;
