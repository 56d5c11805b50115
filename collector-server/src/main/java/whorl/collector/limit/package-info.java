/** How much of something one client may have; used wherever clients come in. */
@NullMarked
package whorl.collector.limit;

import org.jspecify.annotations.NullMarked;
