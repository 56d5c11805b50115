/** Resumable uploads, from the first byte to sealed evidence. */
@NullMarked
package whorl.collector.receive;

import org.jspecify.annotations.NullMarked;
