package whorl.evidence.library;

import org.jspecify.annotations.Nullable;

/**
 * Which libraries of an inventory have a loaded class, as one character for each, in the
 * inventory's order: {@value #NONE} none, {@value #BOOT} by the boot loader, {@value #PLATFORM} by
 * the platform's, {@value #APP} by the system class loader, {@value #OTHER} by another loader, such
 * as that of a web application.
 */
public final class LoadedMarks {
  public static final char NONE = '0';
  public static final char BOOT = '1';
  public static final char PLATFORM = '2';
  public static final char APP = '3';
  public static final char OTHER = '4';

  private LoadedMarks() {}

  /** True if each character is a mark. */
  public static boolean valid(String marks) {
    for (int i = 0; i < marks.length(); i++) {
      if (marks.charAt(i) < NONE || marks.charAt(i) > OTHER) {
        return false;
      }
    }
    return true;
  }

  /** The mark at this position; {@link #NONE} beyond the end. */
  public static char at(String marks, int position) {
    return position >= 0 && position < marks.length() ? marks.charAt(position) : NONE;
  }

  /** The loader's word, such as {@code app}; null if no class is loaded. */
  public static @Nullable String loader(char mark) {
    return switch (mark) {
      case BOOT -> "boot";
      case PLATFORM -> "platform";
      case APP -> "app";
      case OTHER -> "other";
      default -> null;
    };
  }
}
