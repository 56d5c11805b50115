/** Answers the collector's hunts: one question to the whole fleet, looked up in this JVM. */
@NullMarked
package whorl.agent.hunt;

import org.jspecify.annotations.NullMarked;
