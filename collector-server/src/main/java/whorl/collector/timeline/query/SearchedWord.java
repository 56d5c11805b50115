package whorl.collector.timeline.query;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A word to search for in one timeline.
 *
 * @param stacks the ids of the stacks that contain it; null if there are too many to list
 */
record SearchedWord(String word, @Nullable List<Long> stacks) {}
