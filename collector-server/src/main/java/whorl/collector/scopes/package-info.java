/** Keeps from people what their scope does not hold, before any handler runs. */
@NullMarked
package whorl.collector.scopes;

import org.jspecify.annotations.NullMarked;
