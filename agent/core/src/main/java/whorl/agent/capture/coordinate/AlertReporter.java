package whorl.agent.capture.coordinate;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Alert;
import whorl.evidence.Id;

/**
 * Reports alerts and queries whether an alert's capture may continue: per rule and service, only
 * the first few become full captures.
 */
@FunctionalInterface
public interface AlertReporter {
  /**
   * The collector's verdict on a capture.
   *
   * @param full true if the capture may continue
   * @param reason a sentence; null if the capture may continue
   */
  record Verdict(boolean full, @Nullable String reason) {
    public static final Verdict FULL = new Verdict(true, null);
  }

  /**
   * Reports an alert. Called on the thread that raised it, which may be the application's: the
   * method must only queue and return. Without a connection the result is {@link Verdict#FULL};
   * callers treat a late or failed result the same way.
   *
   * <p>The same alert may be passed twice: first without a capture, when it joins a running one,
   * and later with that capture's id, if the alert that started the capture is refused.
   *
   * @param capture the capture that would start; null if none will, and then the verdict does not
   *     matter
   */
  CompletionStage<Verdict> raise(Alert alert, @Nullable Id capture);

  /**
   * Reports an alert that joined a capture, so that the collector shows that capture's evidence
   * with it. Called like {@link #raise}; the result is ignored.
   *
   * @param capture the capture that the alert joined
   */
  default CompletionStage<Verdict> joined(Alert alert, Id capture) {
    return raise(alert, null);
  }
}
