package whorl.collector.store;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;

/**
 * One artifact that the collector holds.
 *
 * @param size in bytes
 * @param derived made by the collector from other artifacts, hence in no agent's manifest
 * @param incomplete the agent was gone before the rest of it came
 * @param unlisted it came, and the manifest that the evidence is sealed with does not list it
 * @param receipt which receipt in custody tells of it, counted from 0; evidence that was partial or
 *     refused first has more than one
 * @param cameAs what it was shipped as, where another artifact has that name; else null
 */
public record StoredArtifact(
    ArtifactName name,
    long size,
    Digest sha256,
    String mediaType,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean derived,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean incomplete,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean unlisted,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) int receipt,
    @Nullable ArtifactName cameAs) {
  public StoredArtifact {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(sha256, "sha256");
    Objects.requireNonNull(mediaType, "mediaType");
    if (size < 0) {
      throw new IllegalArgumentException("artifact " + name + ": size < 0: " + size);
    }
    if (receipt < 0) {
      throw new IllegalArgumentException("artifact " + name + ": receipt < 0: " + receipt);
    }
  }

  /** One that arrived whole. */
  public static StoredArtifact arrived(
      ArtifactName name, long size, Digest sha256, String mediaType) {
    return new StoredArtifact(name, size, sha256, mediaType, false, false, false, 0, null);
  }

  /** What came of one whose end did not. */
  public static StoredArtifact incomplete(ArtifactName name, long size, Digest sha256) {
    return new StoredArtifact(
        name, size, sha256, "application/octet-stream", false, true, false, 0, null);
  }

  /** One that the collector made. */
  public static StoredArtifact derived(
      ArtifactName name, long size, Digest sha256, String mediaType) {
    return new StoredArtifact(name, size, sha256, mediaType, true, false, false, 0, null);
  }

  /** The same, told of by another receipt. */
  public StoredArtifact ofReceipt(int number) {
    return new StoredArtifact(
        name, size, sha256, mediaType, derived, incomplete, unlisted, number, cameAs);
  }

  /** The same under another name. */
  public StoredArtifact renamed(ArtifactName other) {
    return new StoredArtifact(
        other,
        size,
        sha256,
        mediaType,
        derived,
        incomplete,
        unlisted,
        receipt,
        other.equals(shippedAs()) ? null : shippedAs());
  }

  /** The same, in the manifest or not. */
  public StoredArtifact unlisted(boolean now) {
    return new StoredArtifact(
        name, size, sha256, mediaType, derived, incomplete, now, receipt, cameAs);
  }

  /** The name that its agent gave it. */
  public ArtifactName shippedAs() {
    return cameAs == null ? name : cameAs;
  }

  /** Whether the manifest of sealed evidence has to list it. */
  public boolean belongsInManifest() {
    return !derived && !incomplete && !unlisted;
  }
}
