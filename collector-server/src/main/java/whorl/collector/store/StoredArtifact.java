package whorl.collector.store;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Objects;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;

/**
 * One artifact that the collector holds.
 *
 * @param size in bytes
 * @param derived made by the collector from other artifacts, hence in no agent's manifest
 * @param incomplete the agent was gone before the rest of it came
 */
public record StoredArtifact(
    ArtifactName name,
    long size,
    Digest sha256,
    String mediaType,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean derived,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean incomplete) {
  public StoredArtifact {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(sha256, "sha256");
    Objects.requireNonNull(mediaType, "mediaType");
    if (size < 0) {
      throw new IllegalArgumentException("artifact " + name + ": size < 0: " + size);
    }
  }

  /** One that arrived whole. */
  public static StoredArtifact arrived(
      ArtifactName name, long size, Digest sha256, String mediaType) {
    return new StoredArtifact(name, size, sha256, mediaType, false, false);
  }
}
