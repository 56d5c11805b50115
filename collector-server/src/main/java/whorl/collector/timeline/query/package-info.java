/** Answers queries of a timeline with DuckDB. */
@NullMarked
package whorl.collector.timeline.query;

import org.jspecify.annotations.NullMarked;
