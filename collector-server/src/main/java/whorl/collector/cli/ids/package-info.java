/** Ids as people give them: whole, a part of one, or the newest; resolved by a collector. */
@NullMarked
package whorl.collector.cli.ids;

import org.jspecify.annotations.NullMarked;
