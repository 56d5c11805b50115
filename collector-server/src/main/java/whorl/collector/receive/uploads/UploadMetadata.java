package whorl.collector.receive.uploads;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.ProblemException;
import whorl.evidence.ArtifactName;
import whorl.evidence.Id;
import whorl.evidence.UploadHeader;

/**
 * The agent's description of an upload in the tus header {@code Upload-Metadata}: {@code key
 * base64} pairs, separated by commas. Unknown keys are ignored.
 */
public record UploadMetadata(
    Id agent, Id capture, Id evidence, ArtifactName artifact, String mediaType) {
  private static final int HEADER_MAX_CHARS = 4096;

  /** Devices, and a dot at the end, which is left out there. */
  private static final Pattern NOT_ON_WINDOWS =
      Pattern.compile(
          "(con|prn|aux|nul|com[0-9]|lpt[0-9])(\\..*)?|.*\\.", Pattern.CASE_INSENSITIVE);

  private static final Pattern MEDIA_TYPE =
      Pattern.compile(
          "[a-z0-9][a-z0-9!#$&^_.+-]{0,60}/[a-z0-9][a-z0-9!#$&^_.+-]{0,60}"
              + "(; ?charset=[A-Za-z0-9-]{1,20})?");

  public UploadMetadata {
    Objects.requireNonNull(agent, "agent");
    Objects.requireNonNull(capture, "capture");
    Objects.requireNonNull(evidence, "evidence");
    Objects.requireNonNull(artifact, "artifact");
    Objects.requireNonNull(mediaType, "mediaType");
  }

  public static UploadMetadata parse(@Nullable String header) {
    if (header == null || header.isBlank()) {
      throw bad("is missing; it names agent, capture, evidence, artifact and mediaType");
    }
    if (header.length() > HEADER_MAX_CHARS) {
      throw bad("is longer than " + HEADER_MAX_CHARS + " characters");
    }
    Map<String, String> values = new HashMap<>();
    for (String pair : header.split(",", -1)) {
      String[] parts = pair.strip().split(" ", 2);
      values.put(parts[0], decoded(parts[0], parts.length == 2 ? parts[1].strip() : ""));
    }
    try {
      return new UploadMetadata(
          new Id(required(values, "agent")),
          new Id(required(values, "capture")),
          new Id(required(values, "evidence")),
          requirePortable(new ArtifactName(required(values, "artifact"))),
          mediaType(values.getOrDefault("mediaType", "application/octet-stream")));
    } catch (IllegalArgumentException e) {
      throw bad(String.valueOf(e.getMessage()));
    }
  }

  /** The value that HEAD returns. */
  public String header() {
    return UploadHeader.of(agent, capture, evidence, artifact, mediaType);
  }

  private static String decoded(String key, String base64) {
    try {
      return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw bad(
          "has a value that is not Base64, that of key '"
              + (key.matches("[A-Za-z0-9_-]{1,32}") ? key : "?")
              + "'");
    }
  }

  private static String required(Map<String, String> values, String key) {
    String value = values.get(key);
    if (value == null || value.isEmpty()) {
      throw new IllegalArgumentException("lacks " + key);
    }
    return value;
  }

  /**
   * Rejects names that no file can have on Windows: the artifact becomes a file in a bag, which is
   * opened on other systems too.
   */
  private static ArtifactName requirePortable(ArtifactName name) {
    for (String part : name.value().split("/", -1)) {
      if (NOT_ON_WINDOWS.matcher(part).matches()) {
        throw new IllegalArgumentException(
            "artifact " + name + " could not be a file on Windows; give it another name");
      }
    }
    return name;
  }

  private static String mediaType(String value) {
    if (!MEDIA_TYPE.matcher(value).matches()) {
      throw new IllegalArgumentException("mediaType is no media type such as application/x-jfr");
    }
    return value;
  }

  private static ProblemException bad(String what) {
    return new ProblemException(400, "bad upload metadata", "Upload-Metadata " + what);
  }
}
