/** Encrypts evidence to an investigator's key: age files. */
@NullMarked
package whorl.agent.encrypt;

import org.jspecify.annotations.NullMarked;
