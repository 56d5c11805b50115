package whorl.agent.capture;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Alert;
import whorl.evidence.Id;

/**
 * What a capture is for and what it must contain.
 *
 * @param kinds the kinds of artifact wanted, never empty
 * @param alert the alert that started it; null for a request
 * @param reason a sentence for the manifest
 * @param triggeredAt when the alert was raised or the request came
 * @param force true to do even what would pause the application for long
 * @param joined the alerts that have joined so far; more may join until the recording is taken
 */
public record CaptureContext(
    Id capture,
    Id evidence,
    Set<String> kinds,
    @Nullable Alert alert,
    String reason,
    Instant triggeredAt,
    boolean force,
    Supplier<List<Alert>> joined) {
  /** The rule of the alert that the JVM ran out of memory. */
  public static final String OUT_OF_MEMORY = "jvm.oom";

  /** A capture that no alert joins. */
  public CaptureContext(
      Id capture,
      Id evidence,
      Set<String> kinds,
      @Nullable Alert alert,
      String reason,
      Instant triggeredAt,
      boolean force) {
    this(capture, evidence, kinds, alert, reason, triggeredAt, force, List::of);
  }

  /** Returns the alert that started it and those that have joined so far. */
  public List<Alert> alerts() {
    List<Alert> alerts = new ArrayList<>();
    if (alert != null) {
      alerts.add(alert);
    }
    alerts.addAll(joined.get());
    return alerts;
  }

  /** True if the capture was started by an out-of-memory alert. */
  public boolean outOfMemory() {
    return isOutOfMemory(alert);
  }

  public static boolean isOutOfMemory(@Nullable Alert alert) {
    return alert != null && OUT_OF_MEMORY.equals(alert.rule());
  }
}
