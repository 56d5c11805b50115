/** The file system around the process: what there is, and what became of it since the JVM began. */
@NullMarked
package whorl.agent.capture.files;

import org.jspecify.annotations.NullMarked;
