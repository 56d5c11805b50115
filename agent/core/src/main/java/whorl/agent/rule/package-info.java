/** Sigma rules, evaluated on the thread that does the deed; a match becomes an alert. */
@NullMarked
package whorl.agent.rule;

import org.jspecify.annotations.NullMarked;
