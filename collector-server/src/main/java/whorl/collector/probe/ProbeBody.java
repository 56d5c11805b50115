package whorl.collector.probe;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;
import whorl.collector.fleet.agents.Target;
import whorl.collector.http.request.ProblemException;
import whorl.evidence.channel.ProbeRequest;

/**
 * The body of {@code POST /api/v1/probes}.
 *
 * @param target which agents; at most {@link ProbeLimits#AGENTS_MAX} may match
 * @param type the exact name of the class
 * @param method its name; all methods of the name without a descriptor
 * @param seconds how long, 60 if it is left out
 * @param calls how many at most, 100 if it is left out
 * @param arguments true for values and not only types and sizes
 * @param await true to wait for the class if it is not loaded
 * @param reason why; kept in custody
 */
record ProbeBody(
    @Nullable Target target,
    @JsonProperty("class") @Nullable String type,
    @Nullable String method,
    @Nullable String descriptor,
    @Nullable Integer seconds,
    @Nullable Integer calls,
    boolean arguments,
    boolean stacks,
    boolean await,
    @Nullable String reason) {

  /**
   * @throws ProblemException 400 if something is missing or beyond its limit
   */
  ProbeRequest request() {
    try {
      return new ProbeRequest(
          type == null ? "" : type,
          method == null ? "" : method,
          descriptor,
          seconds == null ? ProbeRequest.SECONDS_DEFAULT : seconds,
          calls == null ? ProbeRequest.CALLS_DEFAULT : calls,
          arguments,
          stacks,
          await);
    } catch (IllegalArgumentException e) {
      throw bad(String.valueOf(e.getMessage()));
    }
  }

  /**
   * @throws ProblemException 400 if there is none
   */
  Target agents() {
    if (target == null || target.isEmpty()) {
      throw bad("target: " + Target.REMEDY);
    }
    return target;
  }

  /**
   * @throws ProblemException 400 if there is none
   */
  String checkedReason() {
    if (reason == null || reason.isBlank()) {
      throw bad("reason is missing; say why, it is kept in custody");
    }
    if (reason.length() > ProbeLimits.REASON_MAX_CHARS) {
      throw bad("reason: more than " + ProbeLimits.REASON_MAX_CHARS + " characters");
    }
    return reason.strip();
  }

  private static ProblemException bad(String detail) {
    return new ProblemException(400, "bad request", detail);
  }
}
