package whorl.evidence;

/**
 * One digested file of a capture.
 *
 * @param size in bytes
 * @param mediaType as in RFC 2046; JFR recordings are {@code application/x-jfr}
 */
public record Artifact(ArtifactName name, long size, Digest sha256, String mediaType) {
  /**
   * @throws IllegalArgumentException if {@code size} is negative
   */
  public Artifact {
    if (size < 0) {
      throw new IllegalArgumentException("artifact " + name + ": size < 0: " + size);
    }
  }
}
