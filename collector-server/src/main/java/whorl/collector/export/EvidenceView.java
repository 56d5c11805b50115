package whorl.collector.export;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.access.Owner;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.SignatureOutcome;
import whorl.collector.store.objects.StoredArtifact;
import whorl.collector.store.triage.Gravest;
import whorl.evidence.Alert;
import whorl.evidence.HeapFacts;
import whorl.evidence.Id;
import whorl.evidence.Missing;
import whorl.evidence.channel.CaptureState;

/**
 * Evidence in the format of the API.
 *
 * @param missing requested artifacts that could not be collected
 * @param owner to whom its agent belongs; null if it only has the shared token, and in lists
 * @param imported true if a person imported it from a bag; null in lists
 * @param gravest the gravest finding, besides {@code alert}, which started the capture
 * @param artifactCount the number of artifacts where those are not listed; null where they are
 * @param artifactBytes their size; null where they are listed
 */
record EvidenceView(
    Id id,
    Id capture,
    Id agent,
    String service,
    @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable Alert alert,
    String reason,
    @Nullable String recipient,
    CaptureState state,
    Instant sealedAt,
    List<StoredArtifact> artifacts,
    SignatureOutcome signature,
    @Nullable HeapFacts heap,
    List<Missing> missing,
    @Nullable Owner owner,
    @Nullable Boolean imported,
    Gravest gravest,
    @Nullable Integer artifactCount,
    @Nullable Long artifactBytes) {

  static EvidenceView of(
      EvidenceRecord record, @Nullable Owner owner, @Nullable Boolean imported, Gravest gravest) {
    return new EvidenceView(
        record.id(),
        record.capture(),
        record.agent(),
        record.service(),
        record.alert(),
        record.reason(),
        record.recipient(),
        record.state(),
        record.sealedAt(),
        record.artifacts(),
        record.signature(),
        record.heap(),
        record.missing(),
        owner,
        imported,
        gravest,
        null,
        null);
  }

  /** The same with the number of artifacts only; there can be thousands. */
  EvidenceView counted() {
    return new EvidenceView(
        id,
        capture,
        agent,
        service,
        alert,
        reason,
        recipient,
        state,
        sealedAt,
        List.of(),
        signature,
        heap,
        missing,
        owner,
        imported,
        gravest,
        artifacts.size(),
        artifacts.stream().mapToLong(StoredArtifact::size).sum());
  }
}
