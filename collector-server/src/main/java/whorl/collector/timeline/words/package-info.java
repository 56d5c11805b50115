/**
 * The word index: which blocks of texts may contain a word. Built with the timeline, used by its
 * queries.
 */
@NullMarked
package whorl.collector.timeline.words;

import org.jspecify.annotations.NullMarked;
