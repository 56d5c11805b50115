package whorl.evidence;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * An in-toto Statement v1 over the artifacts of one piece of evidence, the payload of {@code
 * manifest.dsse.json}. Its subjects are all artifacts and {@code manifest.json} itself.
 *
 * @see <a href="https://github.com/in-toto/attestation/tree/main/spec/v1">in-toto attestation</a>
 */
public record Statement(
    @JsonProperty("_type") String type,
    List<Subject> subject,
    String predicateType,
    Map<String, Object> predicate) {
  public static final String TYPE = "https://in-toto.io/Statement/v1";
  public static final String PREDICATE_TYPE = "urn:whorl:evidence:v1";

  /**
   * One artifact.
   *
   * @param digest {@code sha256} to its hexadecimal digits
   */
  public record Subject(String name, Map<String, String> digest) {
    static Subject of(ArtifactName name, Digest sha256) {
      return new Subject(name.value(), Map.of("sha256", sha256.hex()));
    }
  }

  /** The statement for this manifest, whose own bytes have {@code manifestSha256}. */
  public static Statement of(Manifest manifest, Digest manifestSha256) {
    List<Subject> subjects = new ArrayList<>(manifest.artifacts().size() + 1);
    for (Artifact artifact : manifest.artifacts()) {
      subjects.add(Subject.of(artifact.name(), artifact.sha256()));
    }
    subjects.add(Subject.of(ArtifactName.MANIFEST, manifestSha256));
    return new Statement(
        TYPE,
        List.copyOf(subjects),
        PREDICATE_TYPE,
        Map.of(
            "evidence", manifest.evidence().value(),
            "capture", manifest.capture().value(),
            "agent", manifest.agent().id().value(),
            "sealedAt", manifest.sealedAt().toString()));
  }
}
