package whorl.collector.retention;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.records.EvidenceClass;

/**
 * The limits on the age and size of stored evidence. Evidence without a limit is kept for ever.
 *
 * @param ages by class
 * @param ageOfAll for every class, in addition to its own; null for none
 * @param bytes by class, of all artifacts together
 * @param bytesOfAll for all classes together, in addition to their own; null for none
 */
public record RetentionLimits(
    Map<EvidenceClass, Duration> ages,
    @Nullable Duration ageOfAll,
    Map<EvidenceClass, Long> bytes,
    @Nullable Long bytesOfAll) {
  public static final RetentionLimits NONE = new RetentionLimits(Map.of(), null, Map.of(), null);

  public RetentionLimits {
    ages = Map.copyOf(ages);
    bytes = Map.copyOf(bytes);
  }

  /** True if no limit purges anything. */
  boolean hasNoLimits() {
    return ages.isEmpty() && ageOfAll == null && bytes.isEmpty() && bytesOfAll == null;
  }
}
