/** A closer look at classes: where each came from, and whether it is what its place says. */
@NullMarked
package whorl.agent.classes;

import org.jspecify.annotations.NullMarked;
