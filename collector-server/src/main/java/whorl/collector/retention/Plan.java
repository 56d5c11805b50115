package whorl.collector.retention;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.records.Catalog;
import whorl.collector.store.records.EvidenceClass;
import whorl.evidence.Id;

/**
 * The stored evidence, and what a pass would purge.
 *
 * @param kept the sums of each class
 * @param due the evidence to purge, oldest first, at most {@link Planner#PASS_MAX}
 * @param dueMore the number of further pieces, which later passes purge
 */
record Plan(Map<EvidenceClass, Sum> kept, List<Due> due, long dueMore) {

  /** One piece of evidence and the limit that it exceeds. */
  record Due(Catalog.Kept evidence, String why) {}

  /** The sums of one class. */
  static final class Sum {
    private long evidence;
    private long bytes;
    private long held;
    private long heldBytes;
    private Catalog.@Nullable Kept oldest;

    /** The sum of a class, without what is held. */
    static Sum of(EvidenceClass of, Catalog.ClassSum found) {
      Sum sum = new Sum();
      sum.evidence = found.evidence();
      sum.bytes = found.bytes();
      if (found.oldest() != null) {
        sum.oldest = new Catalog.Kept(new Id("none-oldest"), of, found.oldest(), 0, "");
      }
      return sum;
    }

    /** Notes that some of what was added is held. */
    void addHeld(Catalog.Kept kept) {
      held++;
      heldBytes += kept.bytes();
    }

    void add(Catalog.Kept kept, boolean isHeld) {
      if (oldest == null) {
        oldest = kept;
      }
      evidence++;
      bytes += kept.bytes();
      if (isHeld) {
        held++;
        heldBytes += kept.bytes();
      }
    }

    long evidence() {
      return evidence;
    }

    long bytes() {
      return bytes;
    }

    long held() {
      return held;
    }

    long heldBytes() {
      return heldBytes;
    }

    Catalog.@Nullable Kept oldest() {
      return oldest;
    }
  }

  static Map<EvidenceClass, Sum> sums() {
    Map<EvidenceClass, Sum> sums = new EnumMap<>(EvidenceClass.class);
    for (EvidenceClass each : EvidenceClass.values()) {
      sums.put(each, new Sum());
    }
    return sums;
  }

  /** The due evidence of this class. */
  List<Due> dueOf(EvidenceClass of) {
    List<Due> found = new ArrayList<>();
    for (Due each : due) {
      if (each.evidence().of() == of) {
        found.add(each);
      }
    }
    return found;
  }
}
