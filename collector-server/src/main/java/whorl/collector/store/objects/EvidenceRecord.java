package whorl.collector.store.objects;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonMappingException;
import java.io.IOException;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Alert;
import whorl.evidence.ArtifactName;
import whorl.evidence.HeapFacts;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.Missing;
import whorl.evidence.channel.CaptureState;

/**
 * {@code evidence.json}: the collector's record of one piece of evidence. Its presence in the store
 * makes it evidence, and its digest is in the custody log.
 *
 * @param version of this format, {@link #VERSION}
 * @param alert the alert it was captured for, shortened if very long (the manifest has it in full);
 *     null if a person requested it, and also for one that is not whole
 * @param recipient the age recipient for whom, according to the agent, all artifacts are encrypted;
 *     null if they are not
 * @param state {@code sealed}; {@code partial} if the agent was gone before the end; {@code failed}
 *     if the manifest or its signature is invalid
 * @param sealedAt by the collector's clock
 * @param artifacts all artifacts, sorted by name, including the manifest, its envelope and derived
 *     ones
 * @param problems why the state is not {@code sealed}, and other findings
 * @param heap how the heap snapshot was taken, according to the agent; null if there is none
 * @param missing what the agent could not capture and why; shortened if very long
 */
public record EvidenceRecord(
    int version,
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
    List<String> problems,
    @Nullable HeapFacts heap,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Missing> missing) {
  public static final int VERSION = 2;

  /** No store reads a longer one. */
  public static final int MAX_BYTES = 32 << 20;

  /** The version before artifacts had receipts. */
  private static final int OLDEST_VERSION = 1;

  private static final Instant SEALED_MAX = Instant.parse("2262-01-01T00:00:00Z");

  public EvidenceRecord {
    if (version < OLDEST_VERSION || version > VERSION) {
      throw new IllegalArgumentException(
          "evidence.json version " + version + " is not known here; this Whorl reads " + VERSION);
    }
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(capture, "capture");
    Objects.requireNonNull(agent, "agent");
    Objects.requireNonNull(service, "service");
    alert = alert == null || !isWhole(alert) ? null : alert;
    Objects.requireNonNull(reason, "reason");
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(sealedAt, "sealedAt");
    // beyond, it has no number of nanoseconds, which timelines, lists and the lake compare by
    if (sealedAt.isBefore(Instant.EPOCH) || sealedAt.isAfter(SEALED_MAX)) {
      throw new IllegalArgumentException("evidence cannot have been sealed at " + sealedAt);
    }
    Objects.requireNonNull(signature, "signature");
    artifacts = List.copyOf(artifacts);
    problems = problems == null ? List.of() : List.copyOf(problems);
    missing = missing == null ? List.of() : List.copyOf(missing);
  }

  /** True if the alert has all that it must; JSON from elsewhere may lack some of it. */
  public static boolean isWhole(Alert alert) {
    return alert.id() != null
        && alert.source() != null
        && alert.time() != null
        && alert.rule() != null
        && alert.level() != null
        && alert.title() != null;
  }

  /**
   * Parses a record.
   *
   * @throws com.fasterxml.jackson.core.JacksonException if the bytes are not a record
   */
  public static EvidenceRecord parse(byte[] json) throws IOException {
    EvidenceRecord record = Json.MAPPER.readValue(json, EvidenceRecord.class);
    if (record == null) {
      throw new JsonMappingException(null, "evidence.json is null instead of a record");
    }
    return record;
  }

  /** A copy with these artifacts, sorted by name. */
  public EvidenceRecord with(Collection<StoredArtifact> others) {
    return new EvidenceRecord(
        VERSION,
        id,
        capture,
        agent,
        service,
        alert,
        reason,
        recipient,
        state,
        sealedAt,
        others.stream().sorted(Comparator.comparing(StoredArtifact::name)).toList(),
        signature,
        problems,
        heap,
        missing);
  }

  /** True if custody receipts can be checked against the artifacts. */
  public boolean hasReceipts() {
    return version > OLDEST_VERSION;
  }

  /** True if more artifacts may be added; sealed evidence is complete. */
  public boolean mayGrow() {
    return state != CaptureState.SEALED;
  }

  /** The artifact with this name, or null. */
  public @Nullable StoredArtifact artifact(ArtifactName name) {
    for (StoredArtifact artifact : artifacts) {
      if (artifact.name().equals(name)) {
        return artifact;
      }
    }
    return null;
  }

  /** The size of all artifacts together. */
  public long totalBytes() {
    long total = 0;
    for (StoredArtifact artifact : artifacts) {
      total += artifact.size();
    }
    return total;
  }
}
