package whorl.collector.retention;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.cases.Holds;
import whorl.collector.store.Catalog;
import whorl.collector.store.EvidenceClass;

/**
 * Holds what is kept against the limits. Held evidence neither goes nor counts, or else a large
 * hold would push out all that comes after it. By size nothing goes in its first day: whoever may
 * add evidence could otherwise push out, within minutes, what nobody has seen yet.
 */
final class Planner {
  /** The most that one pass purges. */
  static final int PASS_MAX = 1000;

  static final Duration BY_SIZE_NOT_BEFORE = Duration.ofDays(1);

  private static final int PAGE_ROWS = 1000;

  private final RetentionLimits limits;
  private final Catalog catalog;
  private final Holds holds;

  Planner(RetentionLimits limits, Catalog catalog, Holds holds) {
    this.limits = limits;
    this.catalog = catalog;
    this.holds = holds;
  }

  /** What would go at this time. */
  Plan at(Instant now) throws IOException {
    Map<EvidenceClass, Plan.Sum> sums = Plan.sums();
    each((kept, isHeld) -> sum(sums, kept.of()).add(kept, isHeld));
    Rest rest = new Rest(sums);
    List<Plan.Due> due = new ArrayList<>();
    long[] more = {0};
    each(
        (kept, isHeld) -> {
          String why = isHeld ? null : beyond(kept, rest, now);
          if (why != null) {
            rest.without(kept);
            if (due.size() < PASS_MAX) {
              due.add(new Plan.Due(kept, why));
            } else {
              more[0]++;
            }
          }
        });
    return new Plan(sums, due, more[0]);
  }

  /** What would be left of what limits count, as the plan goes on. */
  private static final class Rest {
    private final Map<EvidenceClass, Long> bytes = new EnumMap<>(EvidenceClass.class);
    private long all;

    Rest(Map<EvidenceClass, Plan.Sum> sums) {
      sums.forEach(
          (of, sum) -> {
            bytes.put(of, sum.free());
            all += sum.free();
          });
    }

    long of(EvidenceClass of) {
      return bytes.getOrDefault(of, 0L);
    }

    void without(Catalog.Kept kept) {
      bytes.merge(kept.of(), -kept.bytes(), Long::sum);
      all -= kept.bytes();
    }
  }

  private interface Visitor {
    void visit(Catalog.Kept kept, boolean isHeld);
  }

  private void each(Visitor visitor) throws IOException {
    Catalog.Kept after = null;
    List<Catalog.Kept> page = catalog.oldest(null, PAGE_ROWS);
    while (!page.isEmpty()) {
      for (Catalog.Kept kept : page) {
        visitor.visit(kept, holds.isHeld(kept.id()));
        after = kept;
      }
      page = page.size() < PAGE_ROWS ? List.of() : catalog.oldest(after, PAGE_ROWS);
    }
  }

  private @Nullable String beyond(Catalog.Kept kept, Rest rest, Instant now) {
    Duration age = Duration.between(kept.sealedAt(), now);
    Duration ownAge = limits.ages().get(kept.of());
    if (ownAge != null && age.compareTo(ownAge) > 0) {
      return "older than " + kept.of().word() + "=" + words(ownAge);
    }
    if (limits.ageOfAll() != null && age.compareTo(limits.ageOfAll()) > 0) {
      return "older than all=" + words(limits.ageOfAll());
    }
    if (age.compareTo(BY_SIZE_NOT_BEFORE) <= 0) {
      return null;
    }
    Long ownBytes = limits.bytes().get(kept.of());
    if (ownBytes != null && rest.of(kept.of()) > ownBytes) {
      return "more than " + kept.of().word() + "=" + ownBytes + " bytes were kept";
    }
    if (limits.bytesOfAll() != null && rest.all > limits.bytesOfAll()) {
      return "more than all=" + limits.bytesOfAll() + " bytes were kept";
    }
    return null;
  }

  private static Plan.Sum sum(Map<EvidenceClass, Plan.Sum> sums, EvidenceClass of) {
    return sums.computeIfAbsent(of, key -> new Plan.Sum());
  }

  private static String words(Duration age) {
    return age.toHours() % 24 == 0 ? age.toDays() + "d" : age.toHours() + "h";
  }
}
