package whorl.lab.cases;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is expected of a case.
 *
 * @param rule words of the title of an alert that must come; any alert when absent
 * @param wayIn words that the finding about the way in must have, in any case; a word may be
 *     alternatives with {@code |} between them
 * @param request the request line that the way in must name, such as {@code GET /log}
 * @param effect a file in the work folder that the attack makes when it succeeds
 * @param blocked why this attack has no effect on these Java versions, although it is detected
 * @param shellClass the class whose bytes must be in the evidence
 * @param registration words that a finding about persistence must have
 * @param allowed alerts that are right although the case is a workload
 */
public record Expectation(
    @Nullable String rule,
    List<String> wayIn,
    @Nullable String request,
    @Nullable String effect,
    @Nullable String blocked,
    @Nullable String shellClass,
    List<String> registration,
    List<AllowedAlert> allowed) {

  static final Expectation NOTHING =
      new Expectation(null, List.of(), null, null, null, null, List.of(), List.of());

  /**
   * An alert that a workload may raise.
   *
   * @param rule words of the alert's title
   * @param reason why it is right to alert
   */
  public record AllowedAlert(String rule, String reason) {}

  public Expectation {
    wayIn = wayIn == null ? List.of() : List.copyOf(wayIn);
    registration = registration == null ? List.of() : List.copyOf(registration);
    allowed = allowed == null ? List.of() : List.copyOf(allowed);
  }
}
