package whorl.collector.cli;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/** Evidence as the collector lists it. */
record EvidenceRow(
    Id id,
    @Nullable String capture,
    @Nullable String agent,
    @Nullable String service,
    @Nullable AlertPart alert,
    @Nullable String reason,
    @Nullable String recipient,
    @Nullable String state,
    @Nullable Instant sealedAt,
    List<ArtifactRow> artifacts,
    @Nullable SignaturePart signature,
    @Nullable HeapPart heap,
    List<MissingPart> missing) {
  EvidenceRow {
    Objects.requireNonNull(id, "id");
    artifacts = artifacts == null ? List.of() : List.copyOf(artifacts);
    missing = missing == null ? List.of() : List.copyOf(missing);
  }

  /** What it was captured for. */
  record AlertPart(@Nullable String rule, @Nullable String level, @Nullable String title) {}

  /**
   * Whether the agent's signature was found true.
   *
   * @param enrolled whether the agent had proved that it holds the key; null where not known
   */
  record SignaturePart(boolean verified, @Nullable String keyId, @Nullable Boolean enrolled) {}

  /** How the heap snapshot was taken. */
  record HeapPart(
      @Nullable String path,
      @Nullable String content,
      long pauseMillis,
      long dumpBytes,
      long storedBytes,
      long bytesPerSecond) {}

  /** What was asked for and could not be had. */
  record MissingPart(@Nullable String artifact, @Nullable String reason) {}

  /**
   * One artifact.
   *
   * @param derived made by the collector from others
   * @param incomplete the agent was gone before the rest of it came
   * @param unlisted in no signed manifest
   */
  record ArtifactRow(
      ArtifactName name,
      long size,
      Digest sha256,
      @Nullable String mediaType,
      boolean derived,
      boolean incomplete,
      boolean unlisted) {
    ArtifactRow {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(sha256, "sha256");
    }
  }

  /** In a few words: the alert's title, or what the person gave. */
  @Nullable String why() {
    return alert != null && alert.title() != null ? alert.title() : reason;
  }

  long bytes() {
    return artifacts.stream().mapToLong(ArtifactRow::size).sum();
  }
}
