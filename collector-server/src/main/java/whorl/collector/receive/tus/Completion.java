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
import whorl.collector.receive.uploads.UploadRegistry;
import whorl.evidence.ArtifactName;
import whorl.evidence.Id;

/**
 * Completes an upload once all its bytes are here. The envelope's completion seals the evidence.
 */
final class Completion {
  private static final int REPORTED_MAX = 40;

  private final UploadRegistry uploadRegistry;
  private final Sealer sealer;
  private final UploadSlots slots;
  private final Admission admission;
  private final ReceiverCounters counters;

  Completion(
      UploadRegistry uploadRegistry,
      Sealer sealer,
      UploadSlots slots,
      Admission admission,
      ReceiverCounters counters) {
    this.uploadRegistry = uploadRegistry;
    this.sealer = sealer;
    this.slots = slots;
    this.admission = admission;
    this.counters = counters;
  }

  void complete(PendingEvidence pending, Upload upload) throws IOException {
    synchronized (pending) {
      if (upload.gone()) {
        throw Tus.notFound();
      }
      if (upload.sha256() == null) {
        uploadRegistry.complete(upload);
        counters.artifactsReceived.increment();
      }
      sealIfEnvelope(pending, upload);
    }
  }

  void sealIfEnvelope(PendingEvidence pending, Upload upload) throws IOException {
    if (!upload.metadata().artifact().equals(ArtifactName.ENVELOPE)) {
      return;
    }
    SealOutcome outcome;
    try {
      outcome = sealer.seal(pending);
    } catch (IOException | RuntimeException | Error e) {
      // The agent takes a complete envelope as proof of the seal, so it must ship this one again.
      if (!upload.gone()) {
        uploadRegistry.remove(pending, upload);
      }
      admission.requireRoom(1);
      throw e;
    }
    if (pending.closed()) {
      slots.release(pending.evidence());
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
