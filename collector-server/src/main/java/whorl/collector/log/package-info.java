/** The log as lines of JSON, on request. */
@NullMarked
package whorl.collector.log;

import org.jspecify.annotations.NullMarked;
