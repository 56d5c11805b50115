package whorl.collector.retention;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.EvidenceClass;

/**
 * How long, and how much, evidence is kept. What has no limit is kept for ever.
 *
 * @param ages by class
 * @param ageOfAll of every class, beside its own; null for none
 * @param bytes by class, of all artifacts together
 * @param bytesOfAll of all classes together, beside their own; null for none
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

  /** Whether nothing is purged by itself. */
  boolean isNone() {
    return ages.isEmpty() && ageOfAll == null && bytes.isEmpty() && bytesOfAll == null;
  }
}
