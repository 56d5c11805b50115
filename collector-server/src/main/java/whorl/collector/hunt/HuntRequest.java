package whorl.collector.hunt;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.fleet.agents.Target;
import whorl.collector.http.request.ProblemException;
import whorl.collector.store.hunts.HuntTarget;
import whorl.collector.times.Spans;
import whorl.evidence.Text;
import whorl.evidence.channel.AgentMessage.HuntAnswer;
import whorl.evidence.channel.HuntQuestion;

/**
 * The body of {@code POST /api/v1/hunts}: exactly one question.
 *
 * @param target without it all agents are asked that the caller may ask
 * @param window how far back events are looked at, such as {@code 10m}; without it, all that an
 *     agent holds
 * @param limit of the rows of each agent
 * @param expires for so long agents that connect are asked too, such as {@code 1h}
 */
record HuntRequest(
    @Nullable Target target,
    @Nullable String rule,
    @JsonProperty("class") HuntQuestion.@Nullable OfClass type,
    HuntQuestion.@Nullable OfLibrary library,
    HuntQuestion.@Nullable OfConnection connection,
    HuntQuestion.@Nullable OfRegistration registration,
    @Nullable String window,
    @Nullable Integer limit,
    @Nullable String expires,
    @Nullable String reason) {

  /**
   * @throws ProblemException 400 if it asks not exactly one question
   */
  HuntQuestion question() {
    try {
      return new HuntQuestion(rule, type, library, connection, registration);
    } catch (IllegalArgumentException e) {
      throw bad(String.valueOf(e.getMessage()));
    }
  }

  /** Which agents are asked; an empty target is all of them. */
  Target agents() {
    return target == null ? new Target(null, null, null, null, null, Map.of()) : target;
  }

  int windowSeconds() {
    return window == null ? 0 : (int) duration("window", window, HuntLimits.WINDOW_MAX).toSeconds();
  }

  Duration expiresAfter() {
    return expires == null ? Duration.ZERO : duration("expires", expires, HuntLimits.EXPIRES_MAX);
  }

  int rows() {
    if (limit == null) {
      return HuntLimits.LIMIT_DEFAULT;
    }
    if (limit < 1 || limit > HuntAnswer.ROWS_MAX) {
      throw bad("limit: not a number from 1 to " + HuntAnswer.ROWS_MAX + ": " + limit);
    }
    return limit;
  }

  @Nullable String checkedReason() {
    if (reason != null && reason.length() > HuntLimits.REASON_MAX_CHARS) {
      throw bad("reason: more than " + HuntLimits.REASON_MAX_CHARS + " characters");
    }
    return reason == null || reason.isBlank() ? null : reason;
  }

  static HuntTarget stored(Target target) {
    return new HuntTarget(
        target.agent(),
        target.service(),
        target.namespace(),
        target.pod(),
        target.container(),
        target.labels());
  }

  static Target target(HuntTarget stored) {
    return new Target(
        stored.agent(),
        stored.service(),
        stored.namespace(),
        stored.pod(),
        stored.container(),
        stored.labels());
  }

  private static Duration duration(String name, String text, Duration max) {
    Duration duration = Spans.of(text.strip());
    if (duration == null || duration.isZero()) {
      throw bad(name + ": not a time such as 90s, 10m or 1h: " + Text.shortened(text));
    }
    if (duration.compareTo(max) > 0) {
      throw bad(name + ": more than " + max.toMinutes() + "m: " + text);
    }
    return duration;
  }

  private static ProblemException bad(String detail) {
    return new ProblemException(400, "bad request", detail);
  }
}
