package whorl.agent.capture;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Alert;
import whorl.evidence.Id;

/**
 * Reports alerts, and asks whether an alert's capture may go on: of one rule in one service only
 * the first few become full captures.
 */
@FunctionalInterface
public interface AlertReporter {
  /**
   * The answer.
   *
   * @param full whether the capture may go on
   * @param reason a sentence when it may not
   */
  record Verdict(boolean full, @Nullable String reason) {
    public static final Verdict FULL = new Verdict(true, null);
  }

  /**
   * Called on the thread that raised the alert, which may be the application's: it must hand over
   * and return. Whoever cannot ask completes it with {@link Verdict#FULL}; an answer that is late
   * or fails counts as that too.
   *
   * <p>The same alert may come twice: first without a capture, when it joins a running one, and
   * then with that capture's id, should the alert that had started it be refused.
   *
   * @param capture the capture that would start; null when none will, and then only the report
   *     counts
   */
  CompletionStage<Verdict> raise(Alert alert, @Nullable Id capture);

  /**
   * Reports an alert that joined a capture, so that the collector shows that capture's evidence
   * with it. Called as {@link #raise} is; nobody waits for an answer.
   *
   * @param capture the capture that it joined
   */
  default CompletionStage<Verdict> joined(Alert alert, Id capture) {
    return raise(alert, null);
  }
}
