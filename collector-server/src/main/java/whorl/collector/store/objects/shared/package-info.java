/** The evidence store of several collectors: objects, and records that say which of them count. */
@NullMarked
package whorl.collector.store.objects.shared;

import org.jspecify.annotations.NullMarked;
