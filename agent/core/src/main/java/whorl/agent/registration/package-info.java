/** Reads what is registered with the servers of this JVM from the servers themselves. */
@NullMarked
package whorl.agent.registration;

import org.jspecify.annotations.NullMarked;
