/** Timelines in the formats of other tools. */
@NullMarked
package whorl.collector.export.formats;

import org.jspecify.annotations.NullMarked;
