/** Verification of evidence, of bags, and of the custody log. */
@NullMarked
package whorl.collector.custody.verify;

import org.jspecify.annotations.NullMarked;
