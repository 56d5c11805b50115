/** Blocks of rows written as Parquet. Runs in a confined JVM. */
@NullMarked
package whorl.collector.timeline.write;

import org.jspecify.annotations.NullMarked;
