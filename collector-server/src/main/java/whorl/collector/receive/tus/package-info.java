/** The tus endpoints: creates uploads, receives their bytes, and completes them. */
@NullMarked
package whorl.collector.receive.tus;

import org.jspecify.annotations.NullMarked;
