/** The published tests of libraries, with the agent and without. */
@NullMarked
package whorl.behaviour;

import org.jspecify.annotations.NullMarked;
