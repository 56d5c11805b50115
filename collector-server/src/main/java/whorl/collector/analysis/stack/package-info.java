/**
 * What the frames of a stack tell: through which library something happened, whether the JDK, the
 * server or a known generator of classes did it for itself, where the application's own code began.
 */
@NullMarked
package whorl.collector.analysis.stack;

import org.jspecify.annotations.NullMarked;
