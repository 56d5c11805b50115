/** What JVMs are made of: inventories, and which agent has which. */
@NullMarked
package whorl.collector.store.libraries;

import org.jspecify.annotations.NullMarked;
