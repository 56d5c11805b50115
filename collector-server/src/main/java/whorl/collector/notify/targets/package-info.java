/** Where messages go, one class for each type; nothing here trusts the other side. */
@NullMarked
package whorl.collector.notify.targets;

import org.jspecify.annotations.NullMarked;
