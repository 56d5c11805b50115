/** How long evidence is kept, and its end. */
@NullMarked
package whorl.collector.retention;

import org.jspecify.annotations.NullMarked;
