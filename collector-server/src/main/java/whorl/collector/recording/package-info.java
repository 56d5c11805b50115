/**
 * Reads recordings without trusting them: bytes → metadata → constants → events, each chunk
 * separately, directly from a mapped file. Every size, count and position in a chunk is checked
 * before use, and the memory that a chunk can occupy is bounded.
 */
@NullMarked
package whorl.collector.recording;

import org.jspecify.annotations.NullMarked;
