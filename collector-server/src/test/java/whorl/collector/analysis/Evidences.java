package whorl.collector.analysis;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.findings.Report;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.FolderStore;
import whorl.collector.store.objects.SignatureOutcome;
import whorl.collector.store.objects.StoredArtifact;
import whorl.collector.timeline.IndexStatus;
import whorl.evidence.Alert;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Missing;
import whorl.evidence.channel.CaptureState;

/** Creates evidence that has only rows. */
final class Evidences {
  static final Instant SEALED = Instant.parse("2026-11-25T09:36:00Z");
  static final IndexStatus READY = IndexStatus.of(IndexStatus.State.READY, 1);

  private Evidences() {}

  static EvidenceRecord of(Id evidence) {
    return of(evidence, new Id("agent-00000001"), null, List.of());
  }

  /** Evidence that was captured for an alert. */
  static EvidenceRecord of(Id evidence, Alert alert) {
    return of(evidence, new Id("agent-00000001"), alert, null, List.of());
  }

  static EvidenceRecord of(
      Id evidence, Id agent, @Nullable String recipient, List<Missing> missing) {
    return of(evidence, agent, null, recipient, missing);
  }

  private static EvidenceRecord of(
      Id evidence,
      Id agent,
      @Nullable Alert alert,
      @Nullable String recipient,
      List<Missing> missing) {
    return new EvidenceRecord(
        1,
        evidence,
        new Id("capture-" + evidence.value().substring(0, 8)),
        agent,
        "shop",
        alert,
        "a test",
        recipient,
        CaptureState.SEALED,
        SEALED,
        List.of(),
        SignatureOutcome.NONE,
        List.of(),
        null,
        missing);
  }

  /** Evidence whose agent was gone before it signed; a recording came in part. */
  static EvidenceRecord partial(String problem) {
    return new EvidenceRecord(
        EvidenceRecord.VERSION,
        Rows.EVIDENCE,
        new Id("capture-00000001"),
        new Id("agent-00000001"),
        "shop",
        null,
        "a test",
        null,
        CaptureState.PARTIAL,
        SEALED,
        List.of(
            StoredArtifact.incomplete(
                new ArtifactName("recording.jfr.part"), 1, Digest.of(new byte[1]))),
        SignatureOutcome.NONE,
        List.of(problem),
        null,
        List.of());
  }

  /** Runs the analyses on these rows. */
  static Report report(Rows rows) throws IOException {
    return report(rows, of(Rows.EVIDENCE), READY);
  }

  static Report report(Rows rows, EvidenceRecord record, IndexStatus index) throws IOException {
    FolderStore empty = FolderStore.existing(new DataFolder(Path.of("nowhere")));
    return Analyses.run(Analyses.context(rows.timeline, empty, record, index)).report();
  }
}
