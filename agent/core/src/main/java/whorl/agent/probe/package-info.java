/** Method probes: calls of named methods of the application, recorded on an admin's request. */
@NullMarked
package whorl.agent.probe;

import org.jspecify.annotations.NullMarked;
