/**
 * Notifications of other systems: messages are kept until they are delivered, and retried. Of
 * several collectors, one delivers each message.
 */
@NullMarked
package whorl.collector.notify;

import org.jspecify.annotations.NullMarked;
