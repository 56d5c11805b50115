package whorl.rules.correlate;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.event.AgentEvent;
import whorl.rules.correlate.CorrelationSpec.Kind;

/**
 * The matches of one correlation with the same values of its group-by fields, in the order of their
 * event times, regardless of arrival. Used by one thread.
 */
public final class CorrelationGroup {
  /** A match that arrives later than this behind the newest one may be missed. */
  public static final long LATE_NANOS = 1_000_000_000L;

  /** Enough for the highest possible count. */
  public static final int MAX_MATCHES = CountCondition.MAX_COUNT + 1;

  /** Keep at most so many consecutive matches of the same rule. */
  private static final int MAX_RUN = 16;

  private final Correlation correlation;
  private final List<KeptMatch> matches = new ArrayList<>();
  private AgentEvent newest;
  private final String description;
  private long dropped;

  public CorrelationGroup(Correlation correlation, AgentEvent first, String description) {
    this.correlation = correlation;
    this.newest = first;
    this.description = description;
  }

  public AgentEvent newest() {
    return newest;
  }

  public String description() {
    return description;
  }

  public int size() {
    return matches.size();
  }

  /** Returns the number of matches dropped since the last call because the group was full. */
  public long takeDropped() {
    long taken = dropped;
    dropped = 0;
    return taken;
  }

  /** End of the timespan that began with the oldest match, plus the time for late matches. */
  public long endNanos() {
    return matches.get(0).epochNanos() + correlation.timespanNanos() + LATE_NANOS;
  }

  /** True if no later match can be within the timespan of a match here. */
  public boolean isOver(long nowNanos) {
    return nowNanos - newest.epochNanos() > correlation.timespanNanos() + LATE_NANOS;
  }

  /**
   * Adds a match.
   *
   * @return the matches that make the correlation fire with this one; they and older ones are
   *     removed here. Null if it does not fire, or not yet
   */
  public @Nullable List<KeptMatch> add(KeptMatch keptMatch, AgentEvent event) {
    if (event.epochNanos() >= newest.epochNanos()) {
      newest = event;
    }
    int position = position(keptMatch);
    matches.add(position, keptMatch);
    List<KeptMatch> evidence = evidence(position);
    if (evidence != null) {
      matches.clear();
      return evidence;
    }
    thin(position);
    return null;
  }

  /**
   * Ends the timespan that began with the oldest match, and removes its matches.
   *
   * @return them, if the condition holds for their count; otherwise null
   */
  public @Nullable List<KeptMatch> end() {
    long last = matches.get(0).epochNanos() + correlation.timespanNanos();
    int size = 0;
    while (size < matches.size() && matches.get(size).epochNanos() <= last) {
      size++;
    }
    List<KeptMatch> within = new ArrayList<>(matches.subList(0, size));
    matches.subList(0, size).clear();
    CountCondition count = correlation.count();
    return count != null && count.holds(counted(within)) ? within : null;
  }

  /** Returns the count of these matches, or of their values. */
  public long counted(List<KeptMatch> among) {
    if (correlation.kind() != Kind.VALUE_COUNT) {
      return among.size();
    }
    Set<@Nullable String> values = new HashSet<>();
    for (KeptMatch keptMatch : among) {
      values.add(keptMatch.value());
    }
    return values.size();
  }

  private int position(KeptMatch keptMatch) {
    int position = matches.size();
    while (position > 0 && matches.get(position - 1).epochNanos() > keptMatch.epochNanos()) {
      position--;
    }
    return position;
  }

  private @Nullable List<KeptMatch> evidence(int position) {
    CountCondition count = correlation.count();
    return switch (correlation.kind()) {
      case EVENT_COUNT -> count == null || !count.isDecidedEarly() ? null : events(position, count);
      case VALUE_COUNT -> count == null || !count.isDecidedEarly() ? null : values(position, count);
      case TEMPORAL -> together(position);
      case TEMPORAL_ORDERED -> inOrder();
    };
  }

  /**
   * Finds so many consecutive events within the timespan, including the one at {@code position}.
   */
  private @Nullable List<KeptMatch> events(int position, CountCondition count) {
    int wanted = (int) Math.max(1, count.min());
    int first = Math.max(0, position - wanted + 1);
    for (int from = first; from <= position && from + wanted <= matches.size(); from++) {
      if (within(from, from + wanted - 1)) {
        return new ArrayList<>(matches.subList(from, from + wanted));
      }
    }
    return null;
  }

  /** Finds so many values within the timespan, including that of {@code position}. */
  private @Nullable List<KeptMatch> values(int position, CountCondition count) {
    for (int from = 0; from <= position; from++) {
      if (!within(from, position)) {
        continue;
      }
      Set<@Nullable String> values = new HashSet<>();
      List<KeptMatch> evidence = new ArrayList<>();
      for (int i = from; i < matches.size() && within(from, i); i++) {
        if (values.add(matches.get(i).value())) {
          evidence.add(matches.get(i));
        }
      }
      if (values.size() >= count.min()) {
        return evidence;
      }
      if (position == matches.size() - 1) {
        return null; // a later start only makes it fewer
      }
    }
    return null;
  }

  /** Finds all rules within the timespan, in any order, including the match at {@code position}. */
  private @Nullable List<KeptMatch> together(int position) {
    for (int from = 0; from <= position; from++) {
      if (!within(from, position)) {
        continue;
      }
      @Nullable KeptMatch[] found = new KeptMatch[correlation.members()];
      int missing = found.length;
      for (int i = from; i < matches.size() && within(from, i); i++) {
        KeptMatch keptMatch = matches.get(i);
        missing -= found[keptMatch.member()] == null ? 1 : 0;
        found[keptMatch.member()] = keptMatch;
      }
      if (missing == 0) {
        List<KeptMatch> evidence = new ArrayList<>();
        for (KeptMatch keptMatch : matches) {
          if (keptMatch == found[keptMatch.member()]) {
            evidence.add(keptMatch);
          }
        }
        return evidence;
      }
      if (position == matches.size() - 1) {
        return null;
      }
    }
    return null;
  }

  /**
   * Finds the rules in order within the timespan. For each rule the latest-starting chain so far is
   * enough: if it is out of the timespan, every other one is too.
   */
  private @Nullable List<KeptMatch> inOrder() {
    int last = correlation.members() - 1;
    @Nullable Chain[] chains = new Chain[last + 1];
    for (KeptMatch keptMatch : matches) {
      int member = keptMatch.member();
      Chain before = member == 0 ? null : chains[member - 1];
      if (member > 0 && before == null) {
        continue;
      }
      Chain chain = new Chain(before, keptMatch, before == null ? keptMatch : before.first());
      if (keptMatch.epochNanos() - chain.first().epochNanos() > correlation.timespanNanos()) {
        continue;
      }
      if (member == last) {
        return chain.matches();
      }
      Chain best = chains[member];
      if (best == null || chain.first().epochNanos() >= best.first().epochNanos()) {
        chains[member] = chain;
      }
    }
    return null;
  }

  /** A chain of matches of the first rules, in order. */
  private record Chain(@Nullable Chain before, KeptMatch last, KeptMatch first) {
    List<KeptMatch> matches() {
      List<KeptMatch> chained = new ArrayList<>();
      for (Chain chain = this; chain != null; chain = chain.before) {
        chained.add(0, chain.last);
      }
      return chained;
    }
  }

  private boolean within(int from, int to) {
    return matches.get(to).epochNanos() - matches.get(from).epochNanos()
        <= correlation.timespanNanos();
  }

  /** Removes matches that can no longer count, and the oldest beyond the limit. */
  private void thin(int position) {
    if (correlation.waitsForTheEnd()) {
      thinUntilTheEnd(position);
      return;
    }
    long oldest = newest.epochNanos() - correlation.timespanNanos() - LATE_NANOS;
    int expired = 0;
    while (expired < matches.size() && matches.get(expired).epochNanos() < oldest) {
      expired++;
    }
    matches.subList(0, expired).clear();
    int here = position - expired;
    if (here >= 0) {
      switch (correlation.kind()) {
        case EVENT_COUNT -> {}
        case VALUE_COUNT -> dropSameValueBefore(here);
        case TEMPORAL, TEMPORAL_ORDERED -> dropLongRun(here);
      }
    }
    if (matches.size() > MAX_MATCHES) {
      matches.remove(0);
      dropped++;
    }
  }

  /**
   * The oldest match stays, because the timespan began with it. Beyond the limit no condition can
   * become true, so the newest can go.
   */
  private void thinUntilTheEnd(int position) {
    long end = matches.get(0).epochNanos() + correlation.timespanNanos();
    if (correlation.kind() == Kind.VALUE_COUNT && matches.get(position).epochNanos() <= end) {
      String value = matches.get(position).value();
      for (int i = 0; i < position; i++) {
        if (Objects.equals(value, matches.get(i).value())) {
          matches.remove(position);
          return;
        }
      }
    }
    if (matches.size() > MAX_MATCHES) {
      matches.remove(matches.size() - 1);
      dropped++;
    }
  }

  /** A repeated value counts from its newest match. */
  private void dropSameValueBefore(int position) {
    String value = matches.get(position).value();
    for (int i = position - 1; i >= 0; i--) {
      if (Objects.equals(value, matches.get(i).value())) {
        matches.remove(i);
        return;
      }
    }
  }

  private void dropLongRun(int position) {
    int member = matches.get(position).member();
    int first = position;
    while (first > 0 && matches.get(first - 1).member() == member) {
      first--;
    }
    if (position - first >= MAX_RUN) {
      matches.remove(first);
    }
  }
}
