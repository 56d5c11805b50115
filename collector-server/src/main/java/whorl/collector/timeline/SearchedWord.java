package whorl.collector.timeline;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A word that is searched in one timeline.
 *
 * @param stacks the ids of the stacks it stands in; null where they are too many to be named
 */
record SearchedWord(String word, @Nullable List<Long> stacks) {}
