/**
 * The database of what changes: one SQLite file for one collector, or PostgreSQL for any number of
 * collectors.
 */
@NullMarked
package whorl.collector.store.database;

import org.jspecify.annotations.NullMarked;
