/** The request that a thread works for, and what is known of it. */
@NullMarked
package whorl.agent.event.request;

import org.jspecify.annotations.NullMarked;
