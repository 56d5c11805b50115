package whorl.collector.store.triage;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Level;

/**
 * A filter for groups; null means any.
 *
 * @param rule only groups with an alert of this rule
 * @param atLeast only groups of this level or a higher one
 * @param states only groups in one of these; empty for any
 * @param assignee the name of whose groups; empty for those of nobody
 * @param words only groups with an alert that contains all these words
 * @param from only groups whose last alert is not before this
 * @param to only groups whose first alert is not after this
 */
public record GroupFilter(
    @Nullable String service,
    @Nullable String rule,
    @Nullable Level level,
    @Nullable Level atLeast,
    @Nullable String source,
    Set<TriageState> states,
    @Nullable String assignee,
    @Nullable String words,
    @Nullable Instant from,
    @Nullable Instant to,
    Muted muted) {
  /** Everything but what is muted. */
  public static final GroupFilter ALL =
      new GroupFilter(null, null, null, null, null, Set.of(), null, null, null, null, Muted.HIDE);

  /** Everything. */
  public static final GroupFilter EVERY =
      new GroupFilter(null, null, null, null, null, Set.of(), null, null, null, null, Muted.SHOW);

  public GroupFilter {
    states = Set.copyOf(states);
  }

  /** What is done with groups whose alerts are all muted. */
  public enum Muted {
    /** They are left out. */
    HIDE,
    /** They are listed as others are. */
    SHOW,
    /** Only they are listed. */
    ONLY
  }

  /** A copy for the groups that are muted. */
  GroupFilter onlyMuted() {
    return new GroupFilter(
        service, rule, level, atLeast, source, states, assignee, words, from, to, Muted.ONLY);
  }
}
