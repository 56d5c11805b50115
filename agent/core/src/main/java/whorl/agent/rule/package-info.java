/** Sigma rules, evaluated on the thread that caused the event; a match becomes an alert. */
@NullMarked
package whorl.agent.rule;

import org.jspecify.annotations.NullMarked;
