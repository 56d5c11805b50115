/** Rows as analyses read them: their values by meaning, their stacks, requests and rules. */
@NullMarked
package whorl.collector.analysis.rows;

import org.jspecify.annotations.NullMarked;
