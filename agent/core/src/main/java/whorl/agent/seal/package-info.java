/** Joins the evidence of a capture with the spool, encrypted on request. */
@NullMarked
package whorl.agent.seal;

import org.jspecify.annotations.NullMarked;
