/** Maps of bounded size. */
@NullMarked
package whorl.collector.recent;

import org.jspecify.annotations.NullMarked;
