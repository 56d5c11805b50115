/** Who is logged in at the page, and what the collectors read as their tokens. */
@NullMarked
package whorl.collector.store.access;

import org.jspecify.annotations.NullMarked;
