/** Who did what with evidence and with the collector: the custody log by time, person and act. */
@NullMarked
package whorl.collector.audit;

import org.jspecify.annotations.NullMarked;
