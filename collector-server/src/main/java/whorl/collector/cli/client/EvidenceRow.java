package whorl.collector.cli.client;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/** Evidence in the collector's list. */
public record EvidenceRow(
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
    List<MissingPart> missing,
    @Nullable Gravest gravest) {
  public EvidenceRow {
    Objects.requireNonNull(id, "id");
    artifacts = artifacts == null ? List.of() : List.copyOf(artifacts);
    missing = missing == null ? List.of() : List.copyOf(missing);
  }

  /**
   * The gravest finding.
   *
   * @param examination {@code done}, {@code waiting} or {@code encrypted}
   */
  public record Gravest(
      @Nullable String examination, @Nullable String level, @Nullable String title) {
    /** The level, or why there is none. */
    String describe() {
      return "encrypted".equals(examination)
          ? "not examined"
          : !"done".equals(examination)
              ? "not analysed yet"
              : level == null ? "nothing found" : level;
    }
  }

  /** The alert that caused the capture. */
  public record AlertPart(@Nullable String rule, @Nullable String level, @Nullable String title) {}

  /**
   * The result of the signature check.
   *
   * @param enrolled true if the agent had proved that it holds the key; null if unknown
   */
  public record SignaturePart(
      boolean verified, @Nullable String keyId, @Nullable Boolean enrolled) {}

  /** How the heap snapshot was taken. */
  public record HeapPart(
      @Nullable String path,
      @Nullable String content,
      long pauseMillis,
      long dumpBytes,
      long storedBytes,
      long bytesPerSecond) {}

  /** A requested artifact that could not be collected. */
  public record MissingPart(@Nullable String artifact, @Nullable String reason) {}

  /**
   * One artifact.
   *
   * @param derived true if the collector made it from others
   * @param incomplete true if the agent ended before the rest of it arrived
   * @param unlisted true if no signed manifest lists it
   */
  public record ArtifactRow(
      ArtifactName name,
      long size,
      Digest sha256,
      @Nullable String mediaType,
      boolean derived,
      boolean incomplete,
      boolean unlisted) {
    public ArtifactRow {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(sha256, "sha256");
    }
  }

  /**
   * The level of the gravest finding, or why there is none; from an earlier collector that of the
   * trigger.
   */
  public @Nullable String level() {
    return gravest != null ? gravest.describe() : alert == null ? null : alert.level();
  }

  /** What is worst in it: the gravest finding's title, or the short reason until there is one. */
  public @Nullable String title() {
    return gravest == null || gravest.title() == null ? shortReason() : gravest.title();
  }

  /** A short reason: the alert's title, or the text given by the user. */
  public @Nullable String shortReason() {
    return alert != null && alert.title() != null ? alert.title() : reason;
  }

  public long bytes() {
    return artifacts.stream().mapToLong(ArtifactRow::size).sum();
  }
}
