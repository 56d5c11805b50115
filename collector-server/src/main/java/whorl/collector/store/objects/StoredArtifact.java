package whorl.collector.store.objects;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;

/**
 * One artifact in the store.
 *
 * @param size in bytes
 * @param derived made by the collector from other artifacts, so it is in no agent's manifest
 * @param incomplete the agent was gone before the rest arrived
 * @param unlisted it arrived, but the manifest of the sealed evidence does not list it
 * @param receipt the number of its custody receipt, counted from 0; evidence that was partial or
 *     refused first has more than one receipt
 * @param cameAs the name it was shipped as if another artifact has that name; else null
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

  /** An artifact that arrived completely. */
  public static StoredArtifact arrived(
      ArtifactName name, long size, Digest sha256, String mediaType) {
    return new StoredArtifact(name, size, sha256, mediaType, false, false, false, 0, null);
  }

  /** The received part of an artifact. */
  public static StoredArtifact incomplete(ArtifactName name, long size, Digest sha256) {
    return new StoredArtifact(
        name, size, sha256, "application/octet-stream", false, true, false, 0, null);
  }

  /** An artifact that the collector made. */
  public static StoredArtifact derived(
      ArtifactName name, long size, Digest sha256, String mediaType) {
    return new StoredArtifact(name, size, sha256, mediaType, true, false, false, 0, null);
  }

  /** A copy with another receipt. */
  public StoredArtifact ofReceipt(int number) {
    return new StoredArtifact(
        name, size, sha256, mediaType, derived, incomplete, unlisted, number, cameAs);
  }

  /** A copy with another name. */
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

  /** A copy that is in the manifest or not. */
  public StoredArtifact unlisted(boolean isUnlisted) {
    return new StoredArtifact(
        name, size, sha256, mediaType, derived, incomplete, isUnlisted, receipt, cameAs);
  }

  /** The name that the agent gave it. */
  public ArtifactName shippedAs() {
    return cameAs == null ? name : cameAs;
  }

  /** True if the manifest of sealed evidence must list it. */
  public boolean belongsInManifest() {
    return !derived && !incomplete && !unlisted;
  }
}
