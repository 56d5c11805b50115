package whorl.agent.rule;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.AgentEvent;
import whorl.agent.rule.CorrelationSpec.Kind;

/**
 * The matches of one correlation that have the same values of its group-by fields, in the order of
 * their own times, whatever the order in which they came. One thread's.
 */
final class CorrelationGroup {
  /** Later than this behind the newest, a match may be missed. */
  static final long LATE_NANOS = 1_000_000_000L;

  /** Enough for the highest count there is. */
  static final int MAX_SIGHTINGS = CountCondition.MAX_COUNT + 1;

  /** Of one rule's matches without another's between them only so many newest are of use. */
  private static final int MAX_RUN = 16;

  private final Correlation correlation;
  private final List<KeptMatch> sightings = new ArrayList<>();
  private AgentEvent newest;
  private final String words;
  private long dropped;

  CorrelationGroup(Correlation correlation, AgentEvent first, String words) {
    this.correlation = correlation;
    this.newest = first;
    this.words = words;
  }

  AgentEvent newest() {
    return newest;
  }

  String words() {
    return words;
  }

  int size() {
    return sightings.size();
  }

  /** Matches that were left out because the group was full, since the last call. */
  long takeDropped() {
    long taken = dropped;
    dropped = 0;
    return taken;
  }

  /** When the timespan that began with the oldest match is over, a late one waited for. */
  long endNanos() {
    return sightings.get(0).epochNanos() + correlation.timespanNanos() + LATE_NANOS;
  }

  /** Whether nothing that may still come could be together with what is here. */
  boolean isOver(long nowNanos) {
    return nowNanos - newest.epochNanos() > correlation.timespanNanos() + LATE_NANOS;
  }

  /**
   * Takes a match in.
   *
   * @return the matches that make the correlation true with this one; they are forgotten here, and
   *     so is what came before. Null when it is not true, or not known yet
   */
  @Nullable List<KeptMatch> add(KeptMatch keptMatch, AgentEvent event) {
    if (event.epochNanos() >= newest.epochNanos()) {
      newest = event;
    }
    int position = position(keptMatch);
    sightings.add(position, keptMatch);
    List<KeptMatch> evidence = evidence(position);
    if (evidence != null) {
      sightings.clear();
      return evidence;
    }
    thin(position);
    return null;
  }

  /**
   * Ends the timespan that began with the oldest match, and forgets its matches.
   *
   * @return them, when the condition holds for their count; else null
   */
  @Nullable List<KeptMatch> end() {
    long last = sightings.get(0).epochNanos() + correlation.timespanNanos();
    int size = 0;
    while (size < sightings.size() && sightings.get(size).epochNanos() <= last) {
      size++;
    }
    List<KeptMatch> within = new ArrayList<>(sightings.subList(0, size));
    sightings.subList(0, size).clear();
    CountCondition count = correlation.count();
    return count != null && count.holds(counted(within)) ? within : null;
  }

  /** How much of what is counted there is among these. */
  long counted(List<KeptMatch> among) {
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
    int position = sightings.size();
    while (position > 0 && sightings.get(position - 1).epochNanos() > keptMatch.epochNanos()) {
      position--;
    }
    return position;
  }

  private @Nullable List<KeptMatch> evidence(int position) {
    CountCondition count = correlation.count();
    return switch (correlation.kind()) {
      case EVENT_COUNT -> count == null || !count.isKnownAtOnce() ? null : events(position, count);
      case VALUE_COUNT -> count == null || !count.isKnownAtOnce() ? null : values(position, count);
      case TEMPORAL -> together(position);
      case TEMPORAL_ORDERED -> inOrder();
    };
  }

  /** So many events in a row, the one at {@code position} among them, within the timespan. */
  private @Nullable List<KeptMatch> events(int position, CountCondition count) {
    int wanted = (int) Math.max(1, count.least());
    int first = Math.max(0, position - wanted + 1);
    for (int from = first; from <= position && from + wanted <= sightings.size(); from++) {
      if (within(from, from + wanted - 1)) {
        return new ArrayList<>(sightings.subList(from, from + wanted));
      }
    }
    return null;
  }

  /** So many values within the timespan, that of {@code position} among them. */
  private @Nullable List<KeptMatch> values(int position, CountCondition count) {
    for (int from = 0; from <= position; from++) {
      if (!within(from, position)) {
        continue;
      }
      Set<@Nullable String> values = new HashSet<>();
      List<KeptMatch> evidence = new ArrayList<>();
      for (int i = from; i < sightings.size() && within(from, i); i++) {
        if (values.add(sightings.get(i).value())) {
          evidence.add(sightings.get(i));
        }
      }
      if (values.size() >= count.least()) {
        return evidence;
      }
      if (position == sightings.size() - 1) {
        return null; // a later beginning only makes it fewer
      }
    }
    return null;
  }

  /** All rules within the timespan, in whatever order, the match at {@code position} among them. */
  private @Nullable List<KeptMatch> together(int position) {
    for (int from = 0; from <= position; from++) {
      if (!within(from, position)) {
        continue;
      }
      @Nullable KeptMatch[] found = new KeptMatch[correlation.members()];
      int missing = found.length;
      for (int i = from; i < sightings.size() && within(from, i); i++) {
        KeptMatch keptMatch = sightings.get(i);
        missing -= found[keptMatch.member()] == null ? 1 : 0;
        found[keptMatch.member()] = keptMatch;
      }
      if (missing == 0) {
        List<KeptMatch> evidence = new ArrayList<>();
        for (KeptMatch keptMatch : sightings) {
          if (keptMatch == found[keptMatch.member()]) {
            evidence.add(keptMatch);
          }
        }
        return evidence;
      }
      if (position == sightings.size() - 1) {
        return null;
      }
    }
    return null;
  }

  /**
   * The rules one after the other within the timespan. For each of them the chain so far that began
   * latest is enough: whatever follows, no other can be within the timespan when that one is not.
   */
  private @Nullable List<KeptMatch> inOrder() {
    int last = correlation.members() - 1;
    @Nullable Chain[] chains = new Chain[last + 1];
    for (KeptMatch keptMatch : sightings) {
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
        return chain.sightings();
      }
      Chain best = chains[member];
      if (best == null || chain.first().epochNanos() >= best.first().epochNanos()) {
        chains[member] = chain;
      }
    }
    return null;
  }

  /** Matches of the first rules, in order. */
  private record Chain(@Nullable Chain before, KeptMatch last, KeptMatch first) {
    List<KeptMatch> sightings() {
      List<KeptMatch> all = new ArrayList<>();
      for (Chain chain = this; chain != null; chain = chain.before) {
        all.add(0, chain.last);
      }
      return all;
    }
  }

  private boolean within(int from, int to) {
    return sightings.get(to).epochNanos() - sightings.get(from).epochNanos()
        <= correlation.timespanNanos();
  }

  /** Forgets what can't matter any more, and what is too much. */
  private void thin(int position) {
    if (correlation.waitsForTheEnd()) {
      thinUntilTheEnd(position);
      return;
    }
    long oldest = newest.epochNanos() - correlation.timespanNanos() - LATE_NANOS;
    int expired = 0;
    while (expired < sightings.size() && sightings.get(expired).epochNanos() < oldest) {
      expired++;
    }
    sightings.subList(0, expired).clear();
    int here = position - expired;
    if (here >= 0) {
      switch (correlation.kind()) {
        case EVENT_COUNT -> {}
        case VALUE_COUNT -> dropSameValueBefore(here);
        case TEMPORAL, TEMPORAL_ORDERED -> dropLongRun(here);
      }
    }
    if (sightings.size() > MAX_SIGHTINGS) {
      sightings.remove(0);
      dropped++;
    }
  }

  /** The oldest stays, for the timespan began with it; a count beyond any condition stays so. */
  private void thinUntilTheEnd(int position) {
    long end = sightings.get(0).epochNanos() + correlation.timespanNanos();
    if (correlation.kind() == Kind.VALUE_COUNT && sightings.get(position).epochNanos() <= end) {
      String value = sightings.get(position).value();
      for (int i = 0; i < position; i++) {
        if (Objects.equals(value, sightings.get(i).value())) {
          sightings.remove(position);
          return;
        }
      }
    }
    if (sightings.size() > MAX_SIGHTINGS) {
      sightings.remove(sightings.size() - 1);
      dropped++;
    }
  }

  /** A value seen again is younger. */
  private void dropSameValueBefore(int position) {
    String value = sightings.get(position).value();
    for (int i = position - 1; i >= 0; i--) {
      if (Objects.equals(value, sightings.get(i).value())) {
        sightings.remove(i);
        return;
      }
    }
  }

  private void dropLongRun(int position) {
    int member = sightings.get(position).member();
    int first = position;
    while (first > 0 && sightings.get(first - 1).member() == member) {
      first--;
    }
    if (position - first >= MAX_RUN) {
      sightings.remove(first);
    }
  }
}
