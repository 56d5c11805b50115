/** Conditions of Sigma rules on the fields of one event. */
@NullMarked
package whorl.rules.match;

import org.jspecify.annotations.NullMarked;
