package whorl.collector.fleet;

import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Alert;
import whorl.evidence.Text;

/**
 * What is asked of an agent.
 *
 * @param artifacts of {@link #ARTIFACTS}; empty means everything but heap
 * @param alert the outside alert it is for; null when a person asks
 * @param force override the refusal of a heap dump whose pause would be too long
 */
public record CaptureOrder(
    List<String> artifacts, String reason, @Nullable Alert alert, boolean force) {
  /** What can be asked for. */
  public static final List<String> ARTIFACTS =
      List.of(
          "recording",
          "threads",
          "classes",
          "process",
          "network",
          "files",
          "console",
          "heap",
          "histogram");

  private static final int MAX_REASON_CHARS = 1_000;

  /**
   * @throws IllegalArgumentException naming what is unknown and what is allowed
   */
  public CaptureOrder {
    for (String artifact : artifacts == null ? List.<String>of() : artifacts) {
      if (!ARTIFACTS.contains(String.valueOf(artifact))) {
        throw new IllegalArgumentException(
            "unknown artifact "
                + Text.shortened(String.valueOf(artifact))
                + "; known are: "
                + String.join(", ", ARTIFACTS));
      }
    }
    artifacts = artifacts == null ? List.of() : List.copyOf(new TreeSet<>(artifacts));
    if (reason.length() > MAX_REASON_CHARS) {
      throw new IllegalArgumentException(
          "reason: more than " + MAX_REASON_CHARS + " characters: " + reason.length());
    }
  }
}
