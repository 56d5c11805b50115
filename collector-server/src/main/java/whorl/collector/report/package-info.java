/** A report of one piece of evidence, to hand on: one HTML file, or Markdown. */
@NullMarked
package whorl.collector.report;

import org.jspecify.annotations.NullMarked;
