/** The retention and the purge of evidence. */
@NullMarked
package whorl.collector.retention;

import org.jspecify.annotations.NullMarked;
