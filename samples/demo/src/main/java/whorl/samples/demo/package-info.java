/**
 * Runs the packaged jars together: the collector, the shop with the flag, the attack on it. The
 * demo shows it to a person; the end-to-end tests check it.
 */
@NullMarked
package whorl.samples.demo;

import org.jspecify.annotations.NullMarked;
