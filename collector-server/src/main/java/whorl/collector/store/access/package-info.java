/** Sessions of the page, tokens files, and to whom agents belong. */
@NullMarked
package whorl.collector.store.access;

import org.jspecify.annotations.NullMarked;
