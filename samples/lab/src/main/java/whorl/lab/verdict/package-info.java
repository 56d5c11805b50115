/** What was observed of a case, and what the lab says of that. */
@NullMarked
package whorl.lab.verdict;

import org.jspecify.annotations.NullMarked;
