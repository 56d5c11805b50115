/** Weaves probes into class files, and finds out whether a class file has any. */
@NullMarked
package whorl.agent.probe.weave;

import org.jspecify.annotations.NullMarked;
