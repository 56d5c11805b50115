package whorl.collector.store;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Alert;
import whorl.evidence.CaptureState;
import whorl.evidence.Id;

/**
 * A capture and how far it has come.
 *
 * @param service of the agent
 * @param reason why it was asked for
 * @param alert the alert it is for; null when a person asked
 * @param bytes received so far, {@code of} those there will be; 0 where unknown
 * @param sealedAt when the collector had all it will have; null before
 * @param failure why nothing, or not all, came of it; else null
 * @param ordered whether the collector asked for it; false when the agent began by itself
 * @param artifacts what was asked for; empty means everything but heap
 */
public record CaptureRecord(
    Id id,
    Id agent,
    String service,
    CaptureState state,
    String reason,
    @Nullable Alert alert,
    @Nullable Id evidence,
    long bytes,
    long of,
    Instant requestedAt,
    @Nullable Instant sealedAt,
    @Nullable String failure,
    boolean ordered,
    List<String> artifacts,
    boolean force) {
  public CaptureRecord {
    artifacts = artifacts == null ? List.of() : List.copyOf(artifacts);
  }

  /** The collector asks for it. */
  public static CaptureRecord ordered(
      Id id,
      AgentIdentity agent,
      String reason,
      @Nullable Alert alert,
      List<String> artifacts,
      boolean force,
      Instant now) {
    return requested(id, agent.id(), agent.service(), reason, alert, now, true, artifacts, force);
  }

  /** The agent begins it by itself. */
  public static CaptureRecord begun(
      Id id, Id agent, String service, String reason, @Nullable Alert alert, Instant now) {
    return requested(id, agent, service, reason, alert, now, false, List.of(), false);
  }

  private static CaptureRecord requested(
      Id id,
      Id agent,
      String service,
      String reason,
      @Nullable Alert alert,
      Instant now,
      boolean ordered,
      List<String> artifacts,
      boolean force) {
    return new CaptureRecord(
        id,
        agent,
        service,
        CaptureState.REQUESTED,
        reason,
        alert,
        null,
        0,
        0,
        now,
        null,
        null,
        ordered,
        artifacts,
        force);
  }

  /** Under way; figures never go back. */
  public CaptureRecord advanced(CaptureState to, @Nullable Id as, long bytesNow, long ofNow) {
    return new CaptureRecord(
        id,
        agent,
        service,
        to,
        reason,
        alert,
        as == null ? evidence : as,
        Math.max(bytes, bytesNow),
        Math.max(of, ofNow),
        requestedAt,
        null,
        null,
        ordered,
        artifacts,
        force);
  }

  /** For this alert, which was told later than the capture began. */
  public CaptureRecord explained(Alert by) {
    return new CaptureRecord(
        id,
        agent,
        service,
        state,
        by.title(),
        by,
        evidence,
        bytes,
        of,
        requestedAt,
        sealedAt,
        failure,
        ordered,
        artifacts,
        force);
  }

  /** Given up: partial or failed, {@code why} in a sentence. */
  public CaptureRecord ended(CaptureState as, String why) {
    return new CaptureRecord(
        id,
        agent,
        service,
        as,
        reason,
        alert,
        evidence,
        bytes,
        of,
        requestedAt,
        null,
        why,
        ordered,
        artifacts,
        force);
  }

  /** The collector has what it will have. */
  public CaptureRecord sealed(CaptureState as, Id evidenceId, Instant at, @Nullable String why) {
    return new CaptureRecord(
        id,
        agent,
        service,
        as,
        reason,
        alert,
        evidenceId,
        bytes,
        of,
        requestedAt,
        at,
        why,
        ordered,
        artifacts,
        force);
  }
}
