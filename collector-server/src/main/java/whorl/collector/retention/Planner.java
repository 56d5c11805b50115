package whorl.collector.retention;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.cases.Holds;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.records.Catalog;
import whorl.collector.store.records.EvidenceClass;
import whorl.evidence.Id;

/**
 * Compares the stored evidence with the limits. Held evidence is never due and does not count for
 * size limits, because a large hold would otherwise displace all later evidence. Neither does
 * evidence that the object store has locked for now. Size limits spare evidence in its first day:
 * an attacker who can add evidence could otherwise displace unseen evidence within minutes. And
 * they take from the accounts that have the most ({@link SharedRoom}).
 */
final class Planner {
  /** The maximum number of pieces that one pass purges. */
  static final int PASS_MAX = 1000;

  static final Duration SIZE_LIMITS_SPARE = Duration.ofDays(1);

  private static final int PAGE_ROWS = 1000;

  private final RetentionLimits limits;
  private final Catalog catalog;
  private final Holds holds;
  private final EvidenceStore store;

  Planner(RetentionLimits limits, Catalog catalog, Holds holds, EvidenceStore store) {
    this.store = store;
    this.limits = limits;
    this.catalog = catalog;
    this.holds = holds;
  }

  /** The plan for this time. */
  Plan at(Instant now) throws IOException {
    Map<EvidenceClass, Plan.Sum> sums = Plan.sums();
    Remaining remaining = new Remaining();
    forEach(
        (kept, isHeld) -> {
          sum(sums, kept.of()).add(kept, isHeld);
          if (!isHeld) {
            remaining.add(kept);
          }
        });
    remaining.limit(limits);
    List<Plan.Due> due = new ArrayList<>();
    long[] more = {0};
    forEach(
        (kept, isHeld) -> {
          String why = isHeld ? null : exceededLimit(kept, remaining, now);
          if (why != null) {
            remaining.subtract(kept);
            if (due.size() < PASS_MAX) {
              due.add(new Plan.Due(kept, why));
            } else {
              more[0]++;
            }
          }
        });
    return new Plan(sums, due, more[0]);
  }

  /** The bytes that would remain as the plan goes on, without held evidence. */
  private static final class Remaining {
    private final Map<EvidenceClass, SharedRoom> rooms = new EnumMap<>(EvidenceClass.class);
    private final SharedRoom all = new SharedRoom();

    SharedRoom of(EvidenceClass of) {
      return rooms.computeIfAbsent(of, key -> new SharedRoom());
    }

    void add(Catalog.Kept kept) {
      of(kept.of()).add(kept.account(), kept.bytes());
      all.add(kept.account(), kept.bytes());
    }

    void limit(RetentionLimits limits) {
      limits.bytes().forEach((of, max) -> of(of).limit(max));
      if (limits.bytesOfAll() != null) {
        all.limit(limits.bytesOfAll());
      }
    }

    void subtract(Catalog.Kept kept) {
      of(kept.of()).subtract(kept.account(), kept.bytes());
      all.subtract(kept.account(), kept.bytes());
    }
  }

  private interface Visitor {
    void visit(Catalog.Kept kept, boolean isHeld);
  }

  private void forEach(Visitor visitor) throws IOException {
    Set<Id> held = holds.held();
    Catalog.Kept after = null;
    List<Catalog.Kept> page = catalog.oldest(null, PAGE_ROWS);
    while (!page.isEmpty()) {
      Set<Id> locked = store.lockedAmong(page.stream().map(Catalog.Kept::id).toList()).keySet();
      for (Catalog.Kept kept : page) {
        visitor.visit(kept, held.contains(kept.id()) || locked.contains(kept.id()));
        after = kept;
      }
      page = page.size() < PAGE_ROWS ? List.of() : catalog.oldest(after, PAGE_ROWS);
    }
  }

  private @Nullable String exceededLimit(Catalog.Kept kept, Remaining remaining, Instant now) {
    Duration age = Duration.between(kept.sealedAt(), now);
    Duration ownAge = limits.ages().get(kept.of());
    if (ownAge != null && age.compareTo(ownAge) > 0) {
      return "older than " + kept.of().word() + "=" + text(ownAge);
    }
    if (limits.ageOfAll() != null && age.compareTo(limits.ageOfAll()) > 0) {
      return "older than all=" + text(limits.ageOfAll());
    }
    if (age.compareTo(SIZE_LIMITS_SPARE) <= 0) {
      return null;
    }
    Long ownBytes = limits.bytes().get(kept.of());
    if (ownBytes != null && remaining.of(kept.of()).mustGiveWay(kept.account())) {
      return "more than " + kept.of().word() + "=" + ownBytes + " bytes were kept" + of(kept);
    }
    if (limits.bytesOfAll() != null && remaining.all.mustGiveWay(kept.account())) {
      return "more than all=" + limits.bytesOfAll() + " bytes were kept" + of(kept);
    }
    return null;
  }

  private static String of(Catalog.Kept kept) {
    return kept.account().isEmpty() ? "" : ", too many of " + kept.account();
  }

  private static Plan.Sum sum(Map<EvidenceClass, Plan.Sum> sums, EvidenceClass of) {
    return sums.computeIfAbsent(of, key -> new Plan.Sum());
  }

  private static String text(Duration age) {
    return age.toHours() % 24 == 0 ? age.toDays() + "d" : age.toHours() + "h";
  }
}
