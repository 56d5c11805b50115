/** A heap dump as a stream: HPROF is parsed, ordered and redacted as it passes. */
@NullMarked
package whorl.agent.hprof;

import org.jspecify.annotations.NullMarked;
