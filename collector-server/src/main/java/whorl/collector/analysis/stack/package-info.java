/**
 * Interprets the frames of a stack: the libraries that an event went through, whether the JDK, the
 * server or a known class generator acted for itself, and where the application's own code begins.
 */
@NullMarked
package whorl.collector.analysis.stack;

import org.jspecify.annotations.NullMarked;
