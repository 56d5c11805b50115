package whorl.evidence.library;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What says a library's name and version, the most reliable first. */
public enum NameSource {
  /** Its {@code pom.properties}. */
  POM,
  /** The headers {@code Implementation-…} or {@code Bundle-…} of its manifest. */
  MANIFEST,
  /** The descriptor of its module. */
  MODULE,
  /** The name of its file. */
  FILE,
  /** Something that a newer agent knows. */
  OTHER;

  /** Returns the source; {@link #OTHER} for an unknown word. */
  @JsonCreator
  public static NameSource of(String word) {
    for (NameSource source : values()) {
      if (source.word().equals(word)) {
        return source;
      }
    }
    return OTHER;
  }

  /** The lower-case word in JSON. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
