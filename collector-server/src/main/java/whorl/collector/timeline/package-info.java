/** Evidence as rows in the order of time: read, written as Parquet, asked. */
@NullMarked
package whorl.collector.timeline;

import org.jspecify.annotations.NullMarked;
