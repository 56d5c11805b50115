package whorl.evidence.library;

import org.jspecify.annotations.Nullable;
import whorl.evidence.Text;

/**
 * Names of libraries: {@code log4j-core}, {@code org.apache.logging.log4j:log4j-core}, and with a
 * star at the end of a part all that begin like it: {@code log4j*}, {@code org.apache.*:*}.
 *
 * @param group null for any
 * @param name null for any
 */
public record LibraryPattern(@Nullable Part group, @Nullable Part name) {
  /** What a pattern may look like, for messages. */
  public static final String FORMS = "log4j-core, org.apache.logging.log4j:log4j-core or log4j*";

  /**
   * A group or a name.
   *
   * @param prefix true if {@code text} is only its beginning
   */
  public record Part(String text, boolean prefix) {
    /** True if it is this text, or begins with it. */
    public boolean matches(String value) {
      return prefix ? value.startsWith(text) : value.equals(text);
    }
  }

  /**
   * @throws IllegalArgumentException if the text is no pattern
   */
  public static LibraryPattern of(String text) {
    int colon = text.indexOf(':');
    return new LibraryPattern(
        colon < 0 ? null : part(text.substring(0, colon), text),
        part(text.substring(colon + 1), text));
  }

  /**
   * A group alone, or a name alone.
   *
   * @throws IllegalArgumentException if the text is no such pattern
   */
  public static @Nullable Part part(String text) {
    return part(text, text);
  }

  private static @Nullable Part part(String text, String whole) {
    boolean prefix = text.endsWith("*");
    String fixed = prefix ? text.substring(0, text.length() - 1) : text;
    boolean readable = prefix || !fixed.isEmpty();
    for (int i = 0; i < fixed.length(); i++) {
      char c = fixed.charAt(i);
      readable &= c >= ' ' && c != 0x7f && c != '*' && c != ':' && c < 0xd800;
    }
    if (!readable || fixed.length() > LibraryEntry.TEXT_MAX_CHARS) {
      throw new IllegalArgumentException(
          "not the name of a library (like " + FORMS + "): " + Text.shortened(whole));
    }
    return fixed.isEmpty() ? null : new Part(fixed, prefix);
  }

  /** True if the library's group and name match. */
  public boolean matches(LibraryEntry entry) {
    return (name == null || name.matches(entry.name()))
        && (group == null || entry.group() != null && group.matches(entry.group()));
  }
}
