/** The commands that show a timeline, its findings and live events. */
@NullMarked
package whorl.collector.cli.timeline;

import org.jspecify.annotations.NullMarked;
