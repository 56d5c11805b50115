/**
 * What a heap snapshot says, read in a confined JVM when somebody asks for it, and kept; and how
 * classes grew between two pieces of evidence.
 */
@NullMarked
package whorl.collector.heap;

import org.jspecify.annotations.NullMarked;
