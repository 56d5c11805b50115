/** Reads Sigma files and the built-in rules into rules and correlations. */
@NullMarked
package whorl.rules.parse;

import org.jspecify.annotations.NullMarked;
