/** End to end, with the packaged jars: what a responder would see, and what an intruder would. */
@NullMarked
package whorl.samples.demo;

import org.jspecify.annotations.NullMarked;
