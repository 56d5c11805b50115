/** What a recording measures, over time. */
@NullMarked
package whorl.collector.performance.series;

import org.jspecify.annotations.NullMarked;
