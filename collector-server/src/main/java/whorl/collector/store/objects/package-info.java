/** The evidence store: content by digest, and the records that make evidence exist. */
@NullMarked
package whorl.collector.store.objects;

import org.jspecify.annotations.NullMarked;
