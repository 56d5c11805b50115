/** Filters that people saved under a name. */
@NullMarked
package whorl.collector.store.views;

import org.jspecify.annotations.NullMarked;
