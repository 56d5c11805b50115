/**
 * Everything that leaves the collector: lists of evidence, artifacts, bags, verification reports.
 */
@NullMarked
package whorl.collector.export;

import org.jspecify.annotations.NullMarked;
