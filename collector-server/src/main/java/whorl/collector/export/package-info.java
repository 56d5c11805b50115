/** What leaves the collector: lists of evidence, artifacts, bags, and the outcome of verifying. */
@NullMarked
package whorl.collector.export;

import org.jspecify.annotations.NullMarked;
