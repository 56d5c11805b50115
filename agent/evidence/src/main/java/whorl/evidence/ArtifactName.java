package whorl.evidence;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/**
 * The name of an artifact within its evidence, such as {@code recording.jfr} or {@code
 * classes/9f86….class}. It is metadata, yet it becomes a file name in a bag, so it must not lead
 * out of the bag: at most one folder, and no part of it starts with a dot.
 *
 * @param value one or two parts of {@code A-Z a-z 0-9 . _ -}, 128 characters at most
 */
public record ArtifactName(@JsonValue String value) implements Comparable<ArtifactName> {
  private static final String PART = "[A-Za-z0-9_][A-Za-z0-9._-]*";
  private static final Pattern SHAPE = Pattern.compile(PART + "(/" + PART + ")?");
  private static final int MAX_CHARS = 128;

  /** The end of the name of an encrypted artifact. */
  public static final String ENCRYPTED_ENDING = ".age";

  public static final ArtifactName RECORDING = new ArtifactName("recording.jfr");
  public static final ArtifactName EVENTS = new ArtifactName("events.ndjson");
  public static final ArtifactName ALERT = new ArtifactName("alert.json");
  public static final ArtifactName ACQUISITION_LOG = new ArtifactName("acquisition.log");

  /** Lists all artifacts except itself and the envelope. */
  public static final ArtifactName MANIFEST = new ArtifactName("manifest.json");

  /** Signs everything; always shipped last. */
  public static final ArtifactName ENVELOPE = new ArtifactName("manifest.dsse.json");

  /**
   * @throws IllegalArgumentException if {@code value} is not of this form
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public ArtifactName {
    if (value.length() > MAX_CHARS || !SHAPE.matcher(value).matches() || value.contains("..")) {
      throw new IllegalArgumentException(
          "not an artifact name (like recording.jfr or classes/ab12.class): "
              + Text.shortened(value));
    }
  }

  /**
   * The artifact's name after encryption.
   *
   * @throws IllegalArgumentException if the name becomes too long
   */
  public ArtifactName encrypted() {
    return new ArtifactName(value + ENCRYPTED_ENDING);
  }

  /** True if it is the name of an encrypted artifact. */
  public boolean isEncrypted() {
    return value.endsWith(ENCRYPTED_ENDING);
  }

  /** True if both would be one file on a case-insensitive file system. */
  public boolean differsInCaseAlone(ArtifactName other) {
    return !equals(other) && value.equalsIgnoreCase(other.value);
  }

  @Override
  public int compareTo(ArtifactName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
