/** Masks the secrets in recordings of JDK Flight Recorder. */
@NullMarked
package whorl.agent.redact.jfr;

import org.jspecify.annotations.NullMarked;
