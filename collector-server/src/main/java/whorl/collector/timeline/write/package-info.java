/** Writes blocks of rows as Parquet. Runs in a confined JVM. */
@NullMarked
package whorl.collector.timeline.write;

import org.jspecify.annotations.NullMarked;
