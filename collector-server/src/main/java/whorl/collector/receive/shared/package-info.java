/** Uploads in the object store and the database that several collectors share. */
@NullMarked
package whorl.collector.receive.shared;

import org.jspecify.annotations.NullMarked;
