package whorl.collector.performance;

import com.fasterxml.jackson.core.JacksonException;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.confine.ConfinedJvm;
import whorl.collector.confine.ConfinedRun;
import whorl.collector.confine.LineConsumer;
import whorl.collector.confine.Outcome;
import whorl.collector.http.request.ProblemException;
import whorl.evidence.Id;
import whorl.evidence.Text;

/**
 * What became of the reading of recordings in a confined JVM.
 *
 * @param problem why not all was read; null if it was
 * @param keep false if another attempt may have another outcome
 */
record ConfinedReading(@Nullable String problem, boolean keep) {
  private static final Logger LOG = LoggerFactory.getLogger(ConfinedReading.class);
  private static final String RETRY_SECONDS = "5";

  /**
   * Runs the program.
   *
   * @param lines gets each line that it prints, which is as hostile as the recording; an exception
   *     that says that a line cannot be read ends the run
   */
  static ConfinedReading of(ConfinedJvm confined, Id evidence, ConfinedRun run, LineConsumer lines)
      throws IOException, InterruptedException {
    Outcome outcome;
    try {
      outcome = confined.run(run, lines);
    } catch (JacksonException | IllegalArgumentException malformed) {
      LOG.warn("evidence {}: its recording's reader printed what can't be read", evidence);
      return new ConfinedReading("its reader's answer can't be read", true);
    }
    if (outcome instanceof Outcome.Refused refused) {
      throw new ProblemException(
          503, "too busy", refused.why(), Map.of("Retry-After", RETRY_SECONDS));
    }
    if (outcome instanceof Outcome.Ended ended && ended.well()) {
      return new ConfinedReading(null, true);
    }
    LOG.warn("evidence {}: its recording could not be read: {}", evidence, outcome);
    String complaint = outcome.complaint(run.heapBytes());
    if (outcome instanceof Outcome.Ended ended && !ended.complaint().isEmpty()) {
      complaint += ": " + Text.shortened(ended.complaint().lines().findFirst().orElse(""));
    }
    return new ConfinedReading(
        "the recording could not be read: " + complaint, !outcome.mayBeTriedAgain());
  }
}
