/** The commands for cases. */
@NullMarked
package whorl.collector.cli.cases;

import org.jspecify.annotations.NullMarked;
