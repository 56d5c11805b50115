package whorl.collector.fleet.captures;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.records.CaptureRecord;
import whorl.collector.store.triage.Gravest;
import whorl.evidence.Id;
import whorl.evidence.channel.CaptureState;

/**
 * A capture as the API shows it; every field is always present.
 *
 * @param failure why the capture failed or is incomplete
 * @param artifacts the requested artifacts; empty means everything but heap
 * @param gravest the gravest finding of the evidence; null without evidence
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
record CaptureView(
    Id id,
    Id agent,
    String service,
    CaptureState state,
    String reason,
    @Nullable Id alert,
    @Nullable Id evidence,
    Progress progress,
    Instant requestedAt,
    @Nullable Instant sealedAt,
    @Nullable String failure,
    List<String> artifacts,
    @Nullable Gravest gravest) {

  /** Bytes received, and bytes expected; 0 if unknown. */
  record Progress(long bytes, long of) {}

  static CaptureView of(CaptureRecord capture, @Nullable Gravest gravest) {
    return new CaptureView(
        capture.id(),
        capture.agent(),
        capture.service(),
        capture.state(),
        capture.reason(),
        capture.alert() == null ? null : capture.alert().id(),
        capture.evidence(),
        new Progress(capture.bytes(), capture.of()),
        capture.requestedAt(),
        capture.sealedAt(),
        capture.failure(),
        capture.artifacts(),
        gravest);
  }
}
