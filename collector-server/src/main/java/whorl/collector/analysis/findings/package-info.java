/** Findings and reports, and how they are built. */
@NullMarked
package whorl.collector.analysis.findings;

import org.jspecify.annotations.NullMarked;
