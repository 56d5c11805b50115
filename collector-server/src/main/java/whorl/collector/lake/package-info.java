/** The timelines of all evidence as one Apache Iceberg table, for Spark, Trino and others. */
@NullMarked
package whorl.collector.lake;

import org.jspecify.annotations.NullMarked;
