package whorl.evidence.library;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How a library is there. */
public enum LibraryKind {
  /** A jar of its own, possibly within another one. */
  JAR,
  /** Its classes were put into the jar of something else, which still has its coordinates. */
  PACKED,
  /** A module of the Java image. */
  MODULE,
  /** Something that a newer agent knows. */
  OTHER;

  /** Returns the kind; {@link #OTHER} for an unknown word. */
  @JsonCreator
  public static LibraryKind of(String word) {
    for (LibraryKind kind : values()) {
      if (kind.word().equals(word)) {
        return kind;
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
