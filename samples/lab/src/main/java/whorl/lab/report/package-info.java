/** Verdicts as files, on the terminal, and in docs/detection.md. */
@NullMarked
package whorl.lab.report;

import org.jspecify.annotations.NullMarked;
