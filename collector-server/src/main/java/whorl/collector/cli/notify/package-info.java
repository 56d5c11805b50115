/** Notifications: their state, test messages, and messages that were given up. */
@NullMarked
package whorl.collector.cli.notify;

import org.jspecify.annotations.NullMarked;
