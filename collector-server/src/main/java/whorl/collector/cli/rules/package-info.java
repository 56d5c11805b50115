/** The commands that check, test and push rules. */
@NullMarked
package whorl.collector.cli.rules;

import org.jspecify.annotations.NullMarked;
