/** What is registered with the servers of this JVM, read from the servers themselves. */
@NullMarked
package whorl.agent.registration;

import org.jspecify.annotations.NullMarked;
