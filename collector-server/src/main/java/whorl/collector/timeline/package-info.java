/** Evidence as rows in time order: read from artifacts, stored as Parquet, queried with DuckDB. */
@NullMarked
package whorl.collector.timeline;

import org.jspecify.annotations.NullMarked;
