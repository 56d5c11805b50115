/**
 * The attach mechanism of HotSpot, spoken without {@code jdk.attach}: the socket of this JVM, and
 * the command that loads the agent into JVMs that run without it.
 */
@NullMarked
package whorl.agent.attach;

import org.jspecify.annotations.NullMarked;
