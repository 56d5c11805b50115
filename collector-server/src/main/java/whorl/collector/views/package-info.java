/** Filters that people save under a name, for themselves or for all. */
@NullMarked
package whorl.collector.views;

import org.jspecify.annotations.NullMarked;
