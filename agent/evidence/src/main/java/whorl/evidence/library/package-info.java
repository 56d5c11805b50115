/** What both sides agree on about the libraries of a JVM: entries, versions and their ranges. */
@NullMarked
package whorl.evidence.library;

import org.jspecify.annotations.NullMarked;
