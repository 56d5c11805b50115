/**
 * Recordings read without trust: bytes → metadata → constants → events, each chunk apart, straight
 * from a mapped file. Whatever a chunk says of sizes, numbers and places is checked before it is
 * believed, and what it can make this reader keep is bounded.
 */
@NullMarked
package whorl.collector.recording;

import org.jspecify.annotations.NullMarked;
