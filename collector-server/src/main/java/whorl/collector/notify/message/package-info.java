/** What messages are, whatever their target is. */
@NullMarked
package whorl.collector.notify.message;

import org.jspecify.annotations.NullMarked;
