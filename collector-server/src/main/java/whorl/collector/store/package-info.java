/** The storage of evidence: content by digest, records, and the ledgers. */
@NullMarked
package whorl.collector.store;

import org.jspecify.annotations.NullMarked;
