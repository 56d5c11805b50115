/** Receives resumable uploads and seals them as evidence. */
@NullMarked
package whorl.collector.receive;

import org.jspecify.annotations.NullMarked;
