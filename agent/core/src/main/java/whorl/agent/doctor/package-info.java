/** {@code java -jar whorl-agent.jar doctor}: why an agent sends nothing, as seen from its pod. */
@NullMarked
package whorl.agent.doctor;

import org.jspecify.annotations.NullMarked;
