package whorl.lab.verdict;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of one run, before it is judged. Times are milliseconds since 1970.
 *
 * @param failure why the case could not be run to its end
 * @param sent the attacker's requests, or the first and the last of a workload
 * @param alerts of all levels, in the order in which the collector received them
 * @param effect whether the attack left the file that shows its success; null when it has none
 */
public record Observation(
    @Nullable String failure,
    List<Sent> sent,
    List<SeenAlert> alerts,
    List<SeenEvidence> evidence,
    @Nullable Boolean effect,
    int requests) {

  /** A request and the moment it was sent. */
  public record Sent(long at, String line) {}

  /**
   * An alert.
   *
   * @param where what it is about: path, class, name, command
   */
  public record SeenAlert(
      long receivedAt, String rule, String level, String title, String where, List<String> stack) {
    public boolean atLeastMedium() {
      return List.of("medium", "high", "critical").contains(level);
    }
  }

  /**
   * A piece of evidence.
   *
   * @param indexedAt when its findings were there; 0 when they were not in time
   * @param classBytes whether the bytes of the expected class are in it; null when none is expected
   */
  public record SeenEvidence(
      String id,
      String state,
      long sealedAt,
      long indexedAt,
      @Nullable JsonNode report,
      @Nullable Boolean classBytes) {}
}
