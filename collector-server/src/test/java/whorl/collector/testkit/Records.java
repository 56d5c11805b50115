package whorl.collector.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.SignatureOutcome;
import whorl.collector.store.objects.StoredArtifact;
import whorl.evidence.Alert;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.channel.CaptureState;

/** Evidence without content, put into a store and its catalog at once. */
public final class Records {
  private Records() {}

  /** Of a capture that a person asked for, with one artifact of this size. */
  public static EvidenceRecord of(Instant sealedAt, String artifact, long bytes) {
    return of(sealedAt, CaptureState.SEALED, null, artifact, bytes);
  }

  public static EvidenceRecord of(
      Instant sealedAt, CaptureState state, Alert alert, String artifact, long bytes) {
    Id id = Id.next(InstantSource.system());
    return new EvidenceRecord(
        EvidenceRecord.VERSION,
        id,
        Id.next(InstantSource.system()),
        Id.next(InstantSource.system()),
        "shop",
        alert,
        "asked",
        null,
        state,
        sealedAt,
        List.of(
            StoredArtifact.arrived(
                new ArtifactName(artifact),
                bytes,
                Digest.of(id.value().getBytes(StandardCharsets.UTF_8)),
                "text/plain")),
        SignatureOutcome.NONE,
        List.of(),
        null,
        List.of());
  }

  public static Id put(TestCollector collector, EvidenceRecord record) throws IOException {
    Digest sha256 = collector.store.commit(record);
    collector.custody.append(
        CustodyAction.SEALED, record.id(), "collector", Map.of("record", sha256.hex()));
    collector.catalog.put(record, sha256);
    return record.id();
  }
}
