/** What changes: the catalog of evidence and the ledgers, in SQLite. */
@NullMarked
package whorl.collector.store.records;

import org.jspecify.annotations.NullMarked;
