/** A bounded local cache of objects, which are always recognized by their digest. */
@NullMarked
package whorl.collector.store.objects.cache;

import org.jspecify.annotations.NullMarked;
