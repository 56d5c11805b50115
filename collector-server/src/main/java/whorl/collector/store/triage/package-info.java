/** What responders read first: the gravest finding of evidence, and alerts in groups. */
@NullMarked
package whorl.collector.store.triage;

import org.jspecify.annotations.NullMarked;
