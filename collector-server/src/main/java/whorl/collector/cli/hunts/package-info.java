/** Commands that hunt: one question to many agents. */
@NullMarked
package whorl.collector.cli.hunts;

import org.jspecify.annotations.NullMarked;
