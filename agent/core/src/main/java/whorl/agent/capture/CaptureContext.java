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
 * What a capture is about.
 *
 * @param kinds the kinds of artifact wanted, never empty
 * @param alert what it is for; null when a person asked
 * @param reason a sentence for the manifest
 * @param triggeredAt when the alert fired or the request came
 * @param force override the refusal of what would stop the application for long
 * @param joined the alerts that have joined so far; more may come until the recording is taken
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

  /** One that no alert joins. */
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

  /** What it is for, and what has joined by now. */
  public List<Alert> alerts() {
    List<Alert> all = new ArrayList<>();
    if (alert != null) {
      all.add(alert);
    }
    all.addAll(joined.get());
    return all;
  }

  /** Whether this is about memory that ran out. */
  public boolean outOfMemory() {
    return isOutOfMemory(alert);
  }

  static boolean isOutOfMemory(@Nullable Alert alert) {
    return alert != null && OUT_OF_MEMORY.equals(alert.rule());
  }
}
