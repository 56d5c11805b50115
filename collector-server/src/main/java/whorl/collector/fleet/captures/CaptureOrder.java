package whorl.collector.fleet.captures;

import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Alert;
import whorl.evidence.Text;
import whorl.evidence.channel.ArtifactKind;

/**
 * A request to an agent for a capture.
 *
 * @param artifacts values of {@link ArtifactKind#ALL}; empty means everything but heap
 * @param alert the external alert that caused it; null when a person requests it
 * @param force true to dump the heap even if the pause would be too long
 */
public record CaptureOrder(
    List<String> artifacts, String reason, @Nullable Alert alert, boolean force) {
  private static final int MAX_REASON_CHARS = 1_000;

  /**
   * @throws IllegalArgumentException naming the unknown artifact and the allowed ones
   */
  public CaptureOrder {
    for (String artifact : artifacts == null ? List.<String>of() : artifacts) {
      if (!ArtifactKind.ALL.contains(String.valueOf(artifact))) {
        throw new IllegalArgumentException(
            "unknown artifact "
                + Text.shortened(String.valueOf(artifact))
                + "; known are: "
                + String.join(", ", ArtifactKind.ALL));
      }
    }
    artifacts = artifacts == null ? List.of() : List.copyOf(new TreeSet<>(artifacts));
    if (reason.length() > MAX_REASON_CHARS) {
      throw new IllegalArgumentException(
          "reason: more than " + MAX_REASON_CHARS + " characters: " + reason.length());
    }
  }
}
