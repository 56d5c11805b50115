/** Inspects classes: where each came from, and whether it matches the file it came from. */
@NullMarked
package whorl.agent.classes;

import org.jspecify.annotations.NullMarked;
