/**
 * What an intruder does to the sample shop, from outside and over HTTP alone. Harmless in effect,
 * and meant for the shop of this folder only.
 */
@NullMarked
package whorl.samples.attack;

import org.jspecify.annotations.NullMarked;
