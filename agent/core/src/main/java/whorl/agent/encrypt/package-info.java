/** Evidence for an investigator's eyes alone: age files. */
@NullMarked
package whorl.agent.encrypt;

import org.jspecify.annotations.NullMarked;
