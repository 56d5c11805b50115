/**
 * Captures the file system around the process: its files, and how they changed since the JVM began.
 */
@NullMarked
package whorl.agent.capture.files;

import org.jspecify.annotations.NullMarked;
