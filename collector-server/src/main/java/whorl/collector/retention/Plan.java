package whorl.collector.retention;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.Catalog;
import whorl.collector.store.EvidenceClass;

/**
 * What is kept, and what a pass would purge.
 *
 * @param kept by class, every class
 * @param due the oldest first, at most {@link Planner#PASS_MAX}
 * @param dueMore how many more are due, which later passes purge
 */
record Plan(Map<EvidenceClass, Sum> kept, List<Due> due, long dueMore) {

  /** One piece of evidence and the limit it is beyond. */
  record Due(Catalog.Kept evidence, String why) {}

  /** Of one class. */
  static final class Sum {
    private long evidence;
    private long bytes;
    private long held;
    private long heldBytes;
    private Catalog.@Nullable Kept oldest;

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

    /** What limits count: held evidence is beyond them. */
    long free() {
      return bytes - heldBytes;
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

  /** Of the due ones, those of this class. */
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
