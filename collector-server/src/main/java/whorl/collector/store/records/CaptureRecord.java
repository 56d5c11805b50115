package whorl.collector.store.records;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Alert;
import whorl.evidence.Id;
import whorl.evidence.channel.CaptureState;

/**
 * A capture and its progress.
 *
 * @param service the agent's service
 * @param reason why it was requested
 * @param alert the alert it is for; null if a person requested it
 * @param bytes received so far, {@code of} the expected total; 0 if unknown
 * @param sealedAt when the collector sealed the evidence; null before
 * @param failure why the capture failed or is incomplete; else null
 * @param ordered true if the collector requested it; false if the agent began by itself
 * @param artifacts the requested artifacts; empty means all but heap
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

  /** A capture that the collector requests. */
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

  /**
   * A capture that the agent begins by itself.
   *
   * @param alert its id, source, time, rule, level and title are kept
   */
  public static CaptureRecord begun(
      Id id, Id agent, String service, String reason, @Nullable Alert alert, Instant now) {
    Alert named = alert == null ? null : named(alert);
    return requested(id, agent, service, reason, named, now, false, List.of(), false);
  }

  /**
   * The alert without what it says of the event: an intruder with an agent's token can begin
   * thousands of captures, which are in memory, and each alert may be of hundreds of kibibytes.
   */
  private static Alert named(Alert alert) {
    return new Alert(
        alert.id(),
        alert.source(),
        alert.time(),
        alert.rule(),
        alert.level(),
        alert.title(),
        null,
        List.of(),
        Map.of(),
        null,
        List.of());
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

  /** A copy with new progress; byte counts never decrease. */
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

  /** A copy with what names this alert, which was reported after the capture began. */
  public CaptureRecord explained(Alert by) {
    return new CaptureRecord(
        id,
        agent,
        service,
        state,
        by.title(),
        named(by),
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

  /** A copy that ended as partial or failed; {@code why} is a sentence. */
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

  /** A copy whose evidence is sealed. */
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
