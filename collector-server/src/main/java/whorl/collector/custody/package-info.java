/** The hash-chained custody log, and the verification of evidence. */
@NullMarked
package whorl.collector.custody;

import org.jspecify.annotations.NullMarked;
