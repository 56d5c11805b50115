/** The hash-chained custody log and all verification. */
@NullMarked
package whorl.collector.custody;

import org.jspecify.annotations.NullMarked;
