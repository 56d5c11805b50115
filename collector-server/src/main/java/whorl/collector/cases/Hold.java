package whorl.collector.cases;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Id;

/**
 * A hold, which keeps something from being purged.
 *
 * @param ofCase the case that is on hold; null if the evidence itself is
 * @param by the actor, in the form that custody uses
 */
public record Hold(@Nullable Id ofCase, String by, Instant at, String reason) {
  /** A short description for a refused purge. */
  public String describe() {
    return (ofCase == null ? "" : "case " + ofCase + ", ") + by + ", " + at + ": " + reason;
  }
}
