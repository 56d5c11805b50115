/**
 * Moves everything of a collector from a data folder to an object store and a database that
 * collectors share, or back.
 */
@NullMarked
package whorl.collector.migrate;

import org.jspecify.annotations.NullMarked;
