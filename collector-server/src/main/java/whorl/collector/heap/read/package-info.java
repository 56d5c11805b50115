/** The program that examines a heap dump in a confined JVM, and the lines that it prints. */
@NullMarked
package whorl.collector.heap.read;

import org.jspecify.annotations.NullMarked;
