/** Method probes: admins have agents record calls of methods of their applications. */
@NullMarked
package whorl.collector.probe;

import org.jspecify.annotations.NullMarked;
