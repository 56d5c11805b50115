/** API tokens that people make for themselves: made, listed, revoked, and what each may do now. */
@NullMarked
package whorl.collector.people.tokens;

import org.jspecify.annotations.NullMarked;
