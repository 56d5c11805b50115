/** The analyses: one class for each question about a timeline. */
@NullMarked
package whorl.collector.analysis.questions;

import org.jspecify.annotations.NullMarked;
