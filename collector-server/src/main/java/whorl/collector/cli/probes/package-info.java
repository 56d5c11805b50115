/** Commands about method probes. */
@NullMarked
package whorl.collector.cli.probes;

import org.jspecify.annotations.NullMarked;
