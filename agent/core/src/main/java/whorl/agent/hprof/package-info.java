/** A heap dump as a stream: HPROF read, put in order and relieved of its secrets as it passes. */
@NullMarked
package whorl.agent.hprof;

import org.jspecify.annotations.NullMarked;
