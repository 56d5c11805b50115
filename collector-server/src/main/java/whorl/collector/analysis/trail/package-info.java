/** The rows that belong to the intruder: entry points, suspect requests, code that was added. */
@NullMarked
package whorl.collector.analysis.trail;

import org.jspecify.annotations.NullMarked;
