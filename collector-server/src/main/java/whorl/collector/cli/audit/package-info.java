/** The command that says who did what. */
@NullMarked
package whorl.collector.cli.audit;

import org.jspecify.annotations.NullMarked;
