/** Where evidence lies: content by digest, and the catalog. */
@NullMarked
package whorl.collector.store;

import org.jspecify.annotations.NullMarked;
