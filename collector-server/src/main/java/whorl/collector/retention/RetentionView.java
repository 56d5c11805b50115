package whorl.collector.retention;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.records.Catalog;
import whorl.collector.store.records.EvidenceClass;
import whorl.evidence.Id;

/**
 * The limits, the stored evidence, and what the next pass would purge, in the API.
 *
 * @param all the sums of all classes
 * @param lastPass null before the first pass
 * @param waits why purging by limits is suspended, and until when; null if it is not
 * @param locks true if evidence is locked in the object store until its limit by age
 * @param next the first hundred pieces that the next pass would purge
 */
record RetentionView(
    List<Kept> classes,
    Kept all,
    Instant nextPass,
    @JsonInclude(JsonInclude.Include.ALWAYS) Retention.@Nullable Pass lastPass,
    @JsonInclude(JsonInclude.Include.ALWAYS) SteadyClock.@Nullable Doubt waits,
    boolean locks,
    List<Due> next) {
  private static final int SHOWN_MAX = 100;
  private static final String ALL = "all";

  /**
   * One class.
   *
   * @param maxAgeSeconds null if there is no limit, like {@code maxBytes}
   * @param bytes of all its evidence, including held evidence
   * @param due the number of pieces that the next pass would purge
   */
  record Kept(
      @JsonProperty("class") String name,
      @Nullable Long maxAgeSeconds,
      @Nullable Long maxBytes,
      long evidence,
      long bytes,
      long held,
      long heldBytes,
      @Nullable Instant oldest,
      long due,
      long dueBytes) {}

  /** One piece of evidence. */
  record Due(
      Id evidence, @JsonProperty("class") String name, Instant sealedAt, long bytes, String why) {}

  static RetentionView of(Retention.Status status) {
    RetentionLimits limits = status.limits();
    Plan plan = status.plan();
    List<Kept> classes = new ArrayList<>();
    for (EvidenceClass each : EvidenceClass.values()) {
      Plan.Sum sum = plan.kept().getOrDefault(each, new Plan.Sum());
      List<Plan.Due> due = plan.dueOf(each);
      Catalog.Kept oldest = sum.oldest();
      classes.add(
          new Kept(
              each.word(),
              seconds(limits.ages().get(each)),
              limits.bytes().get(each),
              sum.evidence(),
              sum.bytes(),
              sum.held(),
              sum.heldBytes(),
              oldest == null ? null : oldest.sealedAt(),
              due.size(),
              bytes(due)));
    }
    List<Due> next = new ArrayList<>();
    for (Plan.Due due : plan.due().subList(0, Math.min(SHOWN_MAX, plan.due().size()))) {
      Catalog.Kept kept = due.evidence();
      next.add(new Due(kept.id(), kept.of().word(), kept.sealedAt(), kept.bytes(), due.why()));
    }
    return new RetentionView(
        classes,
        all(classes, limits, plan),
        status.next(),
        status.last(),
        status.doubt(),
        status.locks(),
        next);
  }

  private static Kept all(List<Kept> classes, RetentionLimits limits, Plan plan) {
    long evidence = 0;
    long bytes = 0;
    long held = 0;
    long heldBytes = 0;
    Instant oldest = null;
    for (Kept each : classes) {
      evidence += each.evidence();
      bytes += each.bytes();
      held += each.held();
      heldBytes += each.heldBytes();
      if (oldest == null || (each.oldest() != null && each.oldest().isBefore(oldest))) {
        oldest = each.oldest();
      }
    }
    return new Kept(
        ALL,
        seconds(limits.ageOfAll()),
        limits.bytesOfAll(),
        evidence,
        bytes,
        held,
        heldBytes,
        oldest,
        plan.due().size(),
        bytes(plan.due()));
  }

  private static @Nullable Long seconds(@Nullable Duration age) {
    return age == null ? null : age.toSeconds();
  }

  private static long bytes(List<Plan.Due> due) {
    return due.stream().mapToLong(each -> each.evidence().bytes()).sum();
  }
}
