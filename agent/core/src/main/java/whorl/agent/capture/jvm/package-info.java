/** What the JVM says about itself: threads, classes and their bytes, options, heap histogram. */
@NullMarked
package whorl.agent.capture.jvm;

import org.jspecify.annotations.NullMarked;
