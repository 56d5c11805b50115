package whorl.collector.cases;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Id;

/**
 * Why something must not be purged.
 *
 * @param ofCase the case whose hold this is; null where evidence is held by itself
 * @param by the actor, as custody has it
 */
public record Hold(@Nullable Id ofCase, String by, Instant at, String reason) {
  /** In a few words, for whoever wanted to purge. */
  public String words() {
    return (ofCase == null ? "" : "case " + ofCase + ", ") + by + ", " + at + ": " + reason;
  }
}
