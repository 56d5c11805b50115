/**
 * Which blocks of texts a word may stand in: written while a timeline is made, asked when it is.
 */
@NullMarked
package whorl.collector.timeline.words;

import org.jspecify.annotations.NullMarked;
