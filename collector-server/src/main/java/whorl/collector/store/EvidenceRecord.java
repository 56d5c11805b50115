package whorl.collector.store;

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
import whorl.evidence.CaptureState;
import whorl.evidence.HeapFacts;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.Missing;

/**
 * {@code evidence.json}: what the collector knows of one piece of evidence. Its presence in the
 * store is what makes it evidence, and its digest is in the custody log.
 *
 * @param version of this format, {@link #VERSION}
 * @param alert what it was captured for, cut short where it is very long (the manifest has it
 *     whole); null when a person asked
 * @param recipient the age recipient to whom the agent says that it has encrypted all artifacts;
 *     null when it has not
 * @param state {@code sealed}; {@code partial} when the agent was gone before the end; {@code
 *     failed} when the manifest or its signature does not hold
 * @param sealedAt by the collector's clock
 * @param artifacts all there are, the manifest, its envelope and derived ones among them, by name
 * @param problems why the state is not {@code sealed}, and what else was noticed
 * @param heap how the heap snapshot was taken, as the agent says; null when there is none
 * @param missing what the agent could not have and why, not all of it where that is very much
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

  /** Of before artifacts had receipts. */
  private static final int OLDEST_VERSION = 1;

  public EvidenceRecord {
    if (version < OLDEST_VERSION || version > VERSION) {
      throw new IllegalArgumentException(
          "evidence.json version " + version + " is not known here; this Whorl reads " + VERSION);
    }
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(capture, "capture");
    Objects.requireNonNull(agent, "agent");
    Objects.requireNonNull(service, "service");
    Objects.requireNonNull(reason, "reason");
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(sealedAt, "sealedAt");
    Objects.requireNonNull(signature, "signature");
    artifacts = List.copyOf(artifacts);
    problems = problems == null ? List.of() : List.copyOf(problems);
    missing = missing == null ? List.of() : List.copyOf(missing);
  }

  /**
   * The record that these bytes are.
   *
   * @throws com.fasterxml.jackson.core.JacksonException when they are none
   */
  public static EvidenceRecord parse(byte[] json) throws IOException {
    EvidenceRecord record = Json.MAPPER.readValue(json, EvidenceRecord.class);
    if (record == null) {
      throw new JsonMappingException(null, "evidence.json is null and no record");
    }
    return record;
  }

  /** The same with these artifacts, in the order of their names. */
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

  /** Whether receipts of custody can be checked against its artifacts. */
  public boolean hasReceipts() {
    return version > OLDEST_VERSION;
  }

  /** Whether more of it may come; what is sealed is complete. */
  public boolean mayGrow() {
    return state != CaptureState.SEALED;
  }

  /** The artifact of this name, or null. */
  public @Nullable StoredArtifact artifact(ArtifactName name) {
    for (StoredArtifact artifact : artifacts) {
      if (artifact.name().equals(name)) {
        return artifact;
      }
    }
    return null;
  }

  /** Bytes of all artifacts together. */
  public long totalBytes() {
    long total = 0;
    for (StoredArtifact artifact : artifacts) {
      total += artifact.size();
    }
    return total;
  }
}
