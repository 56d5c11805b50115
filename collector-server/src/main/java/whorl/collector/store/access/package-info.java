/**
 * Sessions of the page, API tokens, tokens files, to whom agents belong, and what people may see of
 * it.
 */
@NullMarked
package whorl.collector.store.access;

import org.jspecify.annotations.NullMarked;
