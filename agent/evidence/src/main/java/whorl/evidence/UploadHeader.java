package whorl.evidence;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * The tus header {@code Upload-Metadata}, by which an agent describes an upload: pairs of a key and
 * a value in Base64, separated by commas.
 */
public final class UploadHeader {
  private UploadHeader() {}

  /** The header's value. */
  public static String of(
      Id agent, Id capture, Id evidence, ArtifactName artifact, String mediaType) {
    return pair("agent", agent.value())
        + ","
        + pair("capture", capture.value())
        + ","
        + pair("evidence", evidence.value())
        + ","
        + pair("artifact", artifact.value())
        + ","
        + pair("mediaType", mediaType);
  }

  private static String pair(String key, String value) {
    return key + " " + Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8));
  }
}
