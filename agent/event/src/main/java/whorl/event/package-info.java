/**
 * The events that the agent reports: each type with its fields, an event with its values, and the
 * request that caused it. JDK only.
 */
@NullMarked
package whorl.event;

import org.jspecify.annotations.NullMarked;
