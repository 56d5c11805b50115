/** What files, commands and hosts are, and the words for it: severities, tactics, techniques. */
@NullMarked
package whorl.collector.analysis.kinds;

import org.jspecify.annotations.NullMarked;
