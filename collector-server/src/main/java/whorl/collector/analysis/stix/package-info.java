/** Reports as STIX 2.1. */
@NullMarked
package whorl.collector.analysis.stix;

import org.jspecify.annotations.NullMarked;
