package whorl.collector.receive.tus;

import java.io.IOException;
import java.util.Map;
import java.util.stream.Collectors;
import whorl.collector.http.request.ProblemException;
import whorl.collector.receive.ReceiverCounters;
import whorl.collector.receive.seal.SealOutcome;
import whorl.collector.receive.seal.Sealer;
import whorl.collector.receive.uploads.PendingEvidence;
import whorl.collector.receive.uploads.Upload;
import whorl.collector.receive.uploads.Uploads;
import whorl.evidence.ArtifactName;
import whorl.evidence.Id;

/**
 * Completes an upload once all its bytes are here. The envelope's completion seals the evidence.
 */
final class Completion {
  private static final int REPORTED_MAX = 40;

  private final Uploads uploads;
  private final Sealer sealer;
  private final Admission admission;
  private final ReceiverCounters counters;

  Completion(Uploads uploads, Sealer sealer, Admission admission, ReceiverCounters counters) {
    this.uploads = uploads;
    this.sealer = sealer;
    this.admission = admission;
    this.counters = counters;
  }

  /**
   * Completes a locked upload whose bytes are all here, and seals the evidence if it is the
   * envelope.
   *
   * @param arrived true if the artifact was incomplete before this request
   */
  void complete(Upload upload, boolean arrived) throws IOException {
    if (!uploads.complete(upload)) {
      throw Tus.notFound();
    }
    if (arrived) {
      counters.artifactsReceived.increment();
    }
    if (isEnvelope(upload)) {
      try (PendingEvidence pending = uploads.turn(upload.metadata().evidence())) {
        if (pending == null) {
          throw Tus.notFound();
        }
        seal(pending, upload);
      }
    }
  }

  /** Completes an upload within the turn of its evidence. */
  void complete(PendingEvidence pending, Upload upload) throws IOException {
    pending.complete(upload);
    counters.artifactsReceived.increment();
    sealIfEnvelope(pending, upload);
  }

  void sealIfEnvelope(PendingEvidence pending, Upload upload) throws IOException {
    if (isEnvelope(upload)) {
      seal(pending, upload);
    }
  }

  private static boolean isEnvelope(Upload upload) {
    return upload.metadata().artifact().equals(ArtifactName.ENVELOPE);
  }

  private void seal(PendingEvidence pending, Upload envelope) throws IOException {
    SealOutcome outcome;
    try {
      outcome = sealer.seal(pending);
    } catch (IOException | RuntimeException | Error e) {
      // The agent takes a complete envelope as proof of the seal, so it must ship this one again.
      if (!pending.removed()) {
        pending.remove(envelope);
      }
      admission.requireRoom(1);
      throw e;
    }
    if (outcome instanceof SealOutcome.Lacking lacking) {
      throw lacking(pending.evidence(), lacking);
    }
    if (outcome instanceof SealOutcome.Refused refused) {
      throw Tus.problem(
          422, "refused", "evidence " + pending.evidence() + " was refused: " + refused.problem());
    }
  }

  private static ProblemException lacking(Id evidence, SealOutcome.Lacking lacking) {
    String names =
        lacking.artifacts().keySet().stream()
            .limit(REPORTED_MAX)
            .map(ArtifactName::value)
            .collect(Collectors.joining(","));
    String reasons =
        lacking.artifacts().values().stream().limit(REPORTED_MAX).collect(Collectors.joining("; "));
    return Tus.problem(
        409,
        "artifacts missing",
        "evidence "
            + evidence
            + " is not sealed: "
            + reasons
            + "; ship them again, then manifest.dsse.json",
        Map.of("Whorl-Missing", names));
  }
}
