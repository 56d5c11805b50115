/** A set of rules in use: evaluates events, correlates matches, and counts both. */
@NullMarked
package whorl.rules.engine;

import org.jspecify.annotations.NullMarked;
