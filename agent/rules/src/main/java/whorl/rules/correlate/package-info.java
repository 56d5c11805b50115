/** Sigma correlations: which matches they count, and when they fire. */
@NullMarked
package whorl.rules.correlate;

import org.jspecify.annotations.NullMarked;
